package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Cancelled;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Stop;
import initrunner.exec.transport.Transport;
import initrunner.ssh.process.SshProcessTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The ways in which what a call starts gets out of its reach, and what is said of them: a stop is
/// claimed only where nothing is left. The host sees no processes but its own.
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class StopProofTest {

  private static final String ACCOUNT = "initrunner-stop";

  @RegisterExtension
  static final SshdExtension sshd = new SshdExtension().as(ACCOUNT, "/bin/bash").inAPidNamespace();

  @RegisterExtension
  static final SshdExtension narrow =
      new SshdExtension("MaxSessions 1").as(ACCOUNT, "/bin/bash").inAPidNamespace();

  /// What another run of these tests on this machine shares with this one has other names there.
  private static final String OWN = "initrunner-stop-" + UUID.randomUUID();

  private static final Path SUDOERS = Path.of("/etc/sudoers.d", OWN);
  private static final Path DOAS = Path.of("/etc/doas.conf");

  private static final Duration GRACE = Duration.ofMillis(300);

  /// Each way has its own number of seconds to sleep, by which its processes are known.
  private static final AtomicInteger seconds =
      new AtomicInteger(700_000 + (int) (ProcessHandle.current().pid() % 1000) * 100);

  /// @param script in which `#` stands for the seconds
  private record Way(String name, String script, Stop stop) {

    /// How many processes sleep at once when all that the script starts is there.
    long sleepers() {
      String atOnce = script.replace("sleep #; sleep #", "sleep #");
      return Pattern.compile("sleep #").matcher(atOnce).results().count();
    }
  }

  @BeforeAll
  static void allow() throws IOException {
    Files.writeString(
        SUDOERS, "Defaults:" + ACCOUNT + " !use_pty\n" + ACCOUNT + " ALL=(ALL) NOPASSWD: ALL\n");
    if (!Files.exists(DOAS)) {
      Files.writeString(DOAS, "permit nopass " + ACCOUNT + "\n");
    }
  }

  @AfterAll
  static void forbid() throws IOException {
    Files.deleteIfExists(SUDOERS);
  }

  private static List<Way> stopped() {
    return List.of(
        new Way("a program", "exec sleep #", Stop.STOPPED),
        new Way("one that ignores TERM", "trap '' TERM; sleep #; sleep #", Stop.STOPPED),
        new Way("nohup", "nohup sleep # & sleep #", Stop.STOPPED),
        new Way("a session of its own", "setsid sleep # & sleep #", Stop.STOPPED),
        new Way("a daemon", "(setsid sleep # >/dev/null 2>&1 </dev/null &); sleep #", Stop.STOPPED),
        new Way("a suspended one", "(kill -STOP $BASHPID; :) & sleep #", Stop.STOPPED),
        new Way("a traced one", "strace -f -o /dev/null sleep #", Stop.STOPPED),
        new Way(
            "a traced daemon", "(setsid strace -fo /dev/null sleep # &); sleep #", Stop.STOPPED),
        new Way("no environment", "env -i sleep # & sleep #", Stop.STOPPED),
        new Way("no environment, a session", "env -i setsid sleep # & sleep #", Stop.STOPPED),
        new Way(
            "one whose first thread is over",
            "exec python3 -c \"$THREADS\" 'sleep #'",
            Stop.STOPPED),
        new Way("sudo that hands TERM on", "sudo -u nobody sleep #; echo end", Stop.STOPPED),
        new Way("at", "echo 'sleep #' | at now 2>/dev/null; sleep #", Stop.STOPPED));
  }

  private static final String STUBBORN = "sh -c \"trap '' TERM; sleep #; sleep #\"";

  private static List<Way> left() {
    return List.of(
        new Way("a daemon with no environment", "(env -i setsid sleep # &); sleep #", Stop.UNKNOWN),
        new Way(
            "a daemon with another environment",
            "(env -u INITRUNNER_CALL setsid sleep # &); sleep #",
            Stop.UNKNOWN),
        new Way(
            "one whose environment is hidden",
            "(setsid ssh-agent -D -a $HOME/agent-# >/dev/null &);"
                + " until [ -S $HOME/agent-# ]; do sleep 0.05; done; sleep #",
            Stop.UNKNOWN),
        new Way("sudo", "sudo " + STUBBORN + "; echo end", Stop.STILL_RUNNING),
        new Way("sudo alone", "sudo " + STUBBORN, Stop.UNKNOWN),
        new Way("sudo in the background", "sudo -b " + STUBBORN + "; sleep #", Stop.STILL_RUNNING),
        new Way("sudo, a session", "sudo setsid " + STUBBORN + "; echo", Stop.STILL_RUNNING),
        new Way("sudo, an account", "sudo -u nobody " + STUBBORN + "; echo", Stop.STILL_RUNNING),
        new Way(
            "sudo, a terminal",
            "sudo script -qc \"trap '' TERM HUP; sleep #; sleep #\" /dev/null; echo",
            Stop.STILL_RUNNING),
        new Way("su", "sudo su -s /bin/sh nobody -c 'sleep #'; echo", Stop.STILL_RUNNING),
        new Way("doas", "doas " + STUBBORN + "; echo", Stop.STILL_RUNNING),
        new Way("sudo, a daemon", "sudo sh -c 'setsid sleep # &'; sleep #", Stop.UNKNOWN),
        new Way(
            "tmux", "tmux -L " + OWN + " new-session -d 'env -i sleep #'; sleep #", Stop.UNKNOWN),
        new Way("a job", "echo 'env -i sleep #' >$HOME/jobs; sleep #", Stop.UNKNOWN));
  }

  private static final String THREADS =
      """
      THREADS='import ctypes, subprocess, sys, threading, time
      def run():
          while ") Z " not in open("/proc/self/stat").read():
              time.sleep(0.01)
          subprocess.run(sys.argv[1].split())
          time.sleep(600)
      threading.Thread(target=run).start()
      ctypes.CDLL(None).pthread_exit(None)'
      """;

  /// What runs on the host before: `atd`, a server of tmux, and one that starts jobs as cron does.
  private static final String SERVERS =
      """
      sudo setsid atd
      env -u INITRUNNER_CALL tmux -L %s new-session -d
      mkfifo $HOME/jobs; ln -sf /bin/sh $HOME/cron
      env -u INITRUNNER_CALL setsid $HOME/cron -c \
        'while read -r job; do setsid sh -c "$job" & done <>$HOME/jobs' \
        >/dev/null 2>&1 </dev/null &
      sleep 1.5
      """
          .formatted(OWN);

  @TestFactory
  Stream<DynamicTest> aStopIsClaimedOnlyWhereNothingIsLeft() {
    Transport transport = new SshTransport(sshd.target());
    run(transport, SERVERS);
    return Stream.concat(stopped().stream(), left().stream())
        .map(way ->
            DynamicTest.dynamicTest(
                way.name(), () -> assertThat(stopOf(transport, way)).isEqualTo(way.stop())))
        .onClose(transport::close);
  }

  private static void run(Transport transport, String script) {
    Captured said = new Captured(1000);
    assertThat(
            transport
                .run(Command.of("bash", "-c", script), Limits.timeout(Duration.ofSeconds(20)), said)
                .ended())
        .as(said.stderrText())
        .isEqualTo(new Exited(0));
  }

  /// How the call was stopped; not proven where its processes are left.
  private static Stop stopOf(Transport transport, Way way) throws Exception {
    String number = Integer.toString(seconds.getAndIncrement());
    String script = THREADS + "cd; " + way.script().replace("#", number);
    Ended ended = cancelledOnce(way.sleepers(), number, transport, script);
    List<Long> left = processes(number);
    for (long each : left) {
      assertThat(new ProcessBuilder("kill", "-KILL", Long.toString(each)).start().waitFor())
          .isBetween(0, 1);
    }
    Stop stop = ((Cancelled) ended).stop();
    assertThat(left.isEmpty())
        .as("%s: %s, %s left", way.name(), stop, left)
        .isEqualTo(way.stop() == Stop.STOPPED);
    return stop;
  }

  /// How a script ends that is cancelled as soon as so many of its processes sleep.
  private static Ended cancelledOnce(
      long sleepers, String number, Transport transport, String script) throws Exception {
    Limits limits = new Limits(Optional.empty(), GRACE);
    FutureTask<Ended> call =
        new FutureTask<>(() ->
            transport.run(Command.of("bash", "-c", script), limits, new Captured(1000)).ended());
    Thread caller = Thread.ofVirtual().start(call);
    while (!call.isDone() && sleepers(number) < sleepers) {
      Thread.sleep(10);
    }
    caller.interrupt();
    return call.get();
  }

  private static long sleepers(String number) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").matches("\\S*sleep " + number))
        .count();
  }

  /// The number alone: the directory of a server is named by many digits.
  private static List<Long> processes(String number) throws IOException {
    Pattern alone = Pattern.compile("(?<![0-9])" + number + "(?![0-9])");
    return ProcessHandle.allProcesses()
        .filter(process -> alone.matcher(process.info().commandLine().orElse("")).find())
        .map(ProcessHandle::pid)
        .toList();
  }

  /// There the hunt comes when the command's own processes have ended.
  @Test
  void withoutASecondSessionNoStopIsClaimedEither() throws Exception {
    try (Transport transport = new SshTransport(narrow.target())) {
      transport.open();
      assertThat(stopOf(transport, way("sudo"))).isEqualTo(Stop.UNKNOWN);
      assertThat(stopOf(transport, way("a daemon with no environment"))).isEqualTo(Stop.UNKNOWN);
      assertThat(stopOf(transport, way("a daemon"))).isEqualTo(Stop.STOPPED);
    }
  }

  private static Way way(String name) {
    return Stream.concat(stopped().stream(), left().stream())
        .filter(way -> way.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void withAProcessForEachCommandNoStopIsClaimedEither() throws Exception {
    try (Transport transport = new SshProcessTransport(sshd.target())) {
      transport.open();
      assertThat(stopOf(transport, way("sudo"))).isEqualTo(Stop.STILL_RUNNING);
      assertThat(stopOf(transport, way("sudo alone"))).isEqualTo(Stop.UNKNOWN);
      assertThat(stopOf(transport, way("a daemon with no environment"))).isEqualTo(Stop.UNKNOWN);
      assertThat(stopOf(transport, way("a daemon"))).isEqualTo(Stop.STOPPED);
    }
  }

  @Test
  void whereProcessesOfOthersAreHiddenNothingIsProven() throws Exception {
    try (Transport transport = new SshTransport(narrow.target())) {
      transport.open();
      run(transport, "sudo mount -o remount,hidepid=2 /proc");
      try {
        assertThat(
                transport
                    .run(
                        Command.of("sleep", "600"),
                        new Limits(Optional.of(Duration.ofMillis(900)), GRACE),
                        new Captured(1000))
                    .ended())
            .isEqualTo(new TimedOut(Stop.UNKNOWN));
      } finally {
        run(transport, "sudo mount -o remount,hidepid=0 /proc");
      }
    }
  }
}
