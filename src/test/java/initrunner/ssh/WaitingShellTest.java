package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The shell that waits on the spare channel for the next command: what it runs, and what becomes
/// of a call whose shell does not live to run it.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WaitingShellTest {

  private static final Limits LIMITS = Limits.timeout(Duration.ofSeconds(30));

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  /// bash there gives up a `read` after a second.
  @RegisterExtension
  static final SshdExtension impatient =
      new SshdExtension().as("initrunner-bash", "/bin/bash").withEnvironment("TMOUT=1");

  @RegisterExtension
  static final SshdExtension loggingHost =
      new SshdExtension(
          "ForceCommand echo \"$SSH_ORIGINAL_COMMAND\" >> $HOME/asked;"
              + " exec sh -c \"$SSH_ORIGINAL_COMMAND\"");

  private static SshTransport open(SshdExtension host) {
    SshTransport transport = new SshTransport(host.target());
    transport.open();
    return transport;
  }

  private static String stdoutOf(SshTransport transport, Command command) {
    Captured captured = new Captured(1 << 20);
    assertThat(transport.run(command, LIMITS, captured).ended()).isEqualTo(new Exited(0));
    assertThat(captured.stderrText()).isEmpty();
    return captured.stdoutText();
  }

  private static Command pid() {
    return Command.of("sh", "-c", "echo $$");
  }

  /// A call that comes before the transport has heard of the shell does not wait for it.
  @Test
  void theCommandTakesThePlaceOfTheShellThatWaited() {
    int taken = 0;
    try (SshTransport transport = open(sshd)) {
      for (int call = 0; call < 30 && taken < 3; call++) {
        long waiting = ShellsAhead.await(sshd);
        taken += stdoutOf(transport, pid()).equals(waiting + "\n") ? 1 : 0;
      }
    }
    assertThat(taken).isEqualTo(3);
  }

  @Test
  void whoeverLooksThereSeesNoArgumentBeforeTheCommandItself() throws IOException {
    try (SshTransport transport = open(sshd)) {
      long waiting = ShellsAhead.await(sshd);
      String before = Files.readString(Path.of("/proc/" + waiting + "/cmdline"));
      String after = stdoutOf(transport, Command.of("cat", "/proc/self/cmdline"));
      assertThat(before).doesNotContain("cat");
      assertThat(after).isEqualTo("cat\0/proc/self/cmdline\0");
    }
  }

  @Test
  void aCommandThatOutlivesItsTimeIsStopped() {
    try (SshTransport transport = open(sshd)) {
      long waiting = ShellsAhead.await(sshd);
      Outcome outcome =
          transport.run(
              Command.of("sh", "-c", "trap '' TERM; setsid sleep 600 & sleep 600"),
              new Limits(Optional.of(Duration.ofMillis(300)), Duration.ofMillis(200)),
              new Captured(100));
      assertThat(outcome.ended()).isEqualTo(new TimedOut(Stop.STOPPED));
      assertThat(ProcessHandle.of(waiting)).isEmpty();
    }
  }

  @Test
  void aShellThatWasKilledCostsNoCallAndIsTheLast() throws InterruptedException {
    try (SshTransport transport = open(sshd)) {
      long killed = ShellsAhead.await(sshd);
      ProcessHandle.of(killed).orElseThrow().destroyForcibly();
      for (int call = 0; call < 2; call++) {
        Thread.sleep(100);
        assertThat(stdoutOf(transport, Command.of("echo", "ran"))).isEqualTo("ran\n");
      }
      Thread.sleep(100);
      assertThat(ShellsAhead.on(sshd)).isEmpty();
    }
  }

  @Test
  void aCommandWhoseShellDiesBeforeItReadsItIsRunByAnother() throws Exception {
    byte[] input = "some input\n".repeat(1000).getBytes(StandardCharsets.UTF_8);
    Command command = Command.of("sh", "-c", "echo $$; exec cat");
    Captured captured = new Captured(1 << 20);
    long killed =
        withShellKilledInCall(
            command, new CountedInput(new ByteArrayInputStream(input)), 1000, captured);
    assertThat(captured.stdoutText()).doesNotStartWith(killed + "\n");
    assertThat(captured.stdoutText()).endsWith("\n" + new String(input, StandardCharsets.UTF_8));
  }

  @Test
  void whereTooMuchOfTheInputIsGoneNothingWasStarted() {
    Path ran = sshd.home().resolve("ran");
    Command command = Command.of("touch", ran.toString());
    CountedInput endless = new CountedInput(new EndlessInput());
    long kept = 2L * 1024 * 1024;
    assertThatThrownBy(
            () -> withShellKilledInCall(command, endless, kept + 64 * 1024, new Captured(100)))
        .cause()
        .isInstanceOf(TransportException.class)
        .hasMessageContaining("was ended before it did");
    assertThat(ran).doesNotExist();
  }

  /// The call's shell does not come to read it: it is stopped before, and killed when so much of
  /// the input was taken that the call has been sent.
  private static long withShellKilledInCall(
      Command command, CountedInput input, long bytes, Captured captured) throws Exception {
    try (SshTransport transport = open(sshd);
        ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor()) {
      long shell = ShellsAhead.await(sshd);
      signal("STOP", shell);
      Command fed = command.withStdin(new Stdin.Stream(input));
      Future<Outcome> call = caller.submit(() -> transport.run(fed, LIMITS, captured));
      while (input.taken.get() < bytes) {
        Thread.sleep(10);
      }
      assertThat(call).isNotDone();
      signal("KILL", shell);
      assertThat(call.get().ended()).isEqualTo(new Exited(0));
      return shell;
    }
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + pid).start().waitFor()).isZero();
  }

  private static final class EndlessInput extends InputStream {

    @Override
    public int read() {
      return 'x';
    }
  }

  private static final class CountedInput extends FilterInputStream {
    private final AtomicLong taken = new AtomicLong();

    CountedInput(InputStream source) {
      super(source);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int given = super.read(bytes, offset, length);
      taken.addAndGet(given);
      return given;
    }
  }

  @Test
  void aShellThatWouldNotWaitLongByItselfDoes() throws Exception {
    try (SshTransport transport = open(impatient)) {
      long waiting = ShellsAhead.await(impatient);
      Thread.sleep(1500);
      assertThat(stdoutOf(transport, Command.of("sh", "-c", "echo $$ $TMOUT")))
          .isEqualTo(waiting + " 1\n");
    }
  }

  @Test
  void aDirectoryThatIsNotThereIsToldInTheSameWords() throws Exception {
    Command command = Command.of("true").withWorkingDirectory(Optional.of("/nowhere"));
    try (SshTransport transport = open(sshd)) {
      TransportException atOnce =
          catchThrowableOfType(
              TransportException.class, () -> transport.run(command, LIMITS, new Captured(1000)));
      long waiting = ShellsAhead.await(sshd);
      assertThatThrownBy(() -> transport.run(command, LIMITS, new Captured(1000)))
          .hasMessage(atOnce.getMessage());
      assertThat(ProcessHandle.of(waiting)).isEmpty();
      assertThat(stdoutOf(transport, Command.of("echo", "next"))).isEqualTo("next\n");
    }
  }

  @Test
  void aHostThatIsToldOfEachCommandIsToldOfNoShell() throws Exception {
    try (SshTransport transport = open(loggingHost)) {
      for (int call = 0; call < 2; call++) {
        Thread.sleep(100);
        assertThat(stdoutOf(transport, Command.of("echo", "ran"))).isEqualTo("ran\n");
      }
    }
    List<String> asked = Files.readAllLines(loggingHost.home().resolve("asked"));
    assertThat(asked.subList(asked.size() - 2, asked.size()))
        .allMatch(line -> line.matches("env INITRUNNER_CALL=\\w+ echo ran"));
    // In front of them stands the probe of the login, which reads its input as a shell that waits.
    assertThat(asked).hasSize(3);
  }

  @Test
  void noShellOutlivesTheTransport() throws InterruptedException {
    SshTransport transport = open(sshd);
    long waiting = ShellsAhead.await(sshd);
    transport.close();
    while (ProcessHandle.of(waiting).isPresent()) {
      Thread.sleep(10);
    }
  }
}
