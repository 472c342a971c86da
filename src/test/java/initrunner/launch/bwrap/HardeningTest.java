package initrunner.launch.bwrap;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Stdin;
import initrunner.exec.transport.LocalTransport;
import initrunner.exec.transport.ShellStatus;
import initrunner.launch.Containment;
import initrunner.launch.Launch;
import initrunner.launch.LimitMeans;
import initrunner.launch.NetworkAccess;
import initrunner.launch.Probe.Answer;
import initrunner.launch.ResourceLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What namespaces leave open, with real bubblewrap. All that is said to fail succeeds without the
/// filter.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HardeningTest {

  private static final Containment CONTAINMENT =
      new Containment(
          NetworkAccess.NONE,
          List.of(),
          new ResourceLimits(256L << 20, 1.0, 256, ResourceLimits.Policy.IF_POSSIBLE));

  /// A `syscall` of the C library, which no program in between changes; it prints what came of it.
  private static final String CALLS =
      """
      import ctypes, os, sys
      c = ctypes.CDLL(None, use_errno=True)
      numbers = {
        'x86_64': dict(keyctl=250, add_key=248, request_key=249, openat=257, openat2=437, creat=85,
          mknodat=259, fchmodat=268, fchmod=91, fchmodat2=452, clone=56, io_uring_setup=425),
        'aarch64': dict(keyctl=219, add_key=217, request_key=218, openat=56, openat2=437, mknodat=33,
          fchmodat=53, fchmod=52, fchmodat2=452, clone=220, io_uring_setup=425),
      }[os.uname().machine]
      def call(name, *arguments):
        if name in numbers:
          words = [ctypes.c_char_p(a) if isinstance(a, bytes) else ctypes.c_long(a) for a in arguments]
          result = c.syscall(ctypes.c_long(numbers[name]), *words)
          if result >= 0: print(name)
      open('f', 'w').close()
      call('keyctl', 0, -3, 1)
      call('add_key', b'user', b'initrunner-test', b'x', 1, -3)
      call('request_key', b'user', b'initrunner-test', 0, -3)
      call('openat', -100, b'a', 0o102, 0o4755)
      call('creat', b'b', 0o2755)
      call('mknodat', -100, b'd', 0o104755, 0)
      call('fchmodat', -100, b'f', 0o4755)
      call('fchmod', os.open('f', os.O_RDONLY), 0o2755)
      call('fchmodat2', -100, b'f', 0o6755, 0)
      """;

  private static final List<String> ATTEMPTS =
      List.of(
          "unshare -U true",
          "chmod 4755 made",
          "chmod g+s made",
          "install -m 4755 made suid",
          "cp made other && chmod u+s other");

  @TempDir private Path directory;

  private Answer run(Hardening hardening, Command command) {
    Launch launch =
        new BubblewrapLauncher(CONTAINMENT, LimitMeans.NONE, Optional.empty(), hardening)
            .launch(command, "0a1b");
    return ask(launch.command());
  }

  private Answer ask(Command command) {
    Captured captured = new Captured(10_000);
    try (LocalTransport here = new LocalTransport(System.getenv())) {
      int status =
          ShellStatus.of(
              here.run(
                      command.withWorkingDirectory(Optional.of(directory.toString())),
                      Limits.unbounded(),
                      captured)
                  .ended());
      return new Answer(status, captured.stdoutText(), captured.stderrText());
    }
  }

  private List<Hardening> candidates() {
    return Hardening.candidates((command, _) -> ask(command));
  }

  private List<String> succeeding(Hardening hardening) throws Exception {
    Files.writeString(directory.resolve("made"), "");
    List<String> succeeding = new ArrayList<>();
    for (String attempt : ATTEMPTS) {
      if (run(hardening, Command.of("sh", "-c", attempt)).status() == 0) {
        succeeding.add(attempt);
      }
    }
    Answer calls = run(hardening, Command.of("/usr/bin/python3", "-c", CALLS));
    assertThat(calls.status()).as(calls.stderr()).isZero();
    succeeding.addAll(calls.stdout().lines().toList());
    return succeeding;
  }

  @Test
  void keyringsUserNamespacesAndFilesThatRunAsTheirOwnerAreOutOfReach() throws Exception {
    Hardening strongest = candidates().getFirst();
    assertThat(strongest.isFiltering()).isTrue();
    assertThat(succeeding(strongest)).isEmpty();
    assertThat(succeeding(new Hardening(strongest.filter(), List.of()))).isEmpty();
    assertThat(succeeding(Hardening.NONE))
        .containsAll(ATTEMPTS)
        .contains("keyctl", "add_key", "openat", "mknodat", "fchmodat", "fchmod");
  }

  @Test
  void whatCommandsUsuallyDoWorksWithIt() {
    Hardening strongest = candidates().getFirst();
    String usual =
        "touch a && chmod 755 a && mkdir d && cp a d/b && mv d e && ln -s a l && mktemp >/dev/null"
            + " && (sleep 0 & wait) && tar cf x.tar a e && tar xf x.tar && ls -la | grep -q rwxr-xr-x"
            + " && /usr/bin/python3 -c 'import threading, subprocess, tempfile;"
            + " t = threading.Thread(target=lambda: subprocess.run([\"true\"], check=True));"
            + " t.start(); t.join(); tempfile.TemporaryFile().close(); open(\"x\", \"w\").close()'";
    Answer answer = run(strongest, Command.of("sh", "-c", usual));
    assertThat(answer.status()).as(answer.stderr()).isZero();
  }

  @Test
  void aCommandHasItsOwnInputStatusAndNoFurtherDescriptor() {
    Hardening strongest = candidates().getFirst();
    Command command =
        Command.of("sh", "-c", "cat; ls /proc/self/fd | tr '\\n' ' '; exit 41")
            .withStdin(Stdin.text("line\n"));
    Answer answer = run(strongest, command);
    assertThat(answer.status()).isEqualTo(41);
    assertThat(answer.stdout()).isEqualTo("line\n0 1 2 3 ");
  }

  @Test
  void aMachineWhoseCallsAreNotKnownHasNoFilter() {
    assertThat(SyscallFilter.of("x86_64")).isNotEqualTo(SyscallFilter.of("aarch64")).isPresent();
    assertThat(SyscallFilter.of("riscv64")).isEmpty();
    assertThat(Hardening.candidates((_, _) -> new Answer(0, "riscv64\nuserns\n", "")))
        .containsExactly(new Hardening("", List.of("--disable-userns")), Hardening.NONE);
    assertThat(Hardening.candidates((_, _) -> new Answer(127, "", "")))
        .containsExactly(Hardening.NONE);
  }
}
