package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Stop;
import initrunner.launch.LauncherUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The contract of every launcher that isolates: attempts to get out, each of which succeeds
/// without the launcher.
abstract class ContainedContract extends LimitedContract {

  private static final Duration GONE_WITHIN = Duration.ofSeconds(20);

  /// A role with such limits, 40 processes, and further lines.
  protected abstract String role(String more);

  /// The variables that programs need on the host, or on the way to it.
  protected abstract Map<String, String> environment();

  /// What the host holds of running calls, and of calls without a clean-up.
  protected abstract List<String> left() throws Exception;

  /// Some of it disappears a moment after the call has returned.
  protected final void assertNothingIsLeft() throws Exception {
    long until = System.nanoTime() + GONE_WITHIN.toNanos();
    List<String> left = left();
    while (!left.isEmpty() && System.nanoTime() < until) {
      Thread.sleep(5);
      left = left();
    }
    assertThat(left).isEmpty();
  }

  /// An opened sandbox of a role.
  protected abstract Sandbox opened(String role) throws Exception;

  private Sandbox make(String more) throws Exception {
    return opened(role(more));
  }

  /// An empty directory outside of the sandbox.
  protected abstract Path outside() throws Exception;

  @Override
  protected final Sandbox make() throws Exception {
    return make("");
  }

  @Test
  void filesOfThePlaceAreNotThere() throws Exception {
    Path secret = Files.writeString(outside().resolve("secret"), "x");
    failsOnlyInside("cat " + secret);
    failsOnlyInside("ls " + System.getProperty("user.home"));
  }

  @Test
  void nothingOutsideCanBeWritten() throws Exception {
    failsOnlyInside("touch " + outside().resolve("written"));
    failsOnlyInside("touch /usr/initrunner-test && rm /usr/initrunner-test");
  }

  @Test
  void settingsOfTheKernelCannotBeWritten() {
    failsOnlyInside(
        "umount /proc/sys; mount -o remount,bind,rw /proc/sys;"
            + " cd /proc/sys/kernel && own=$(cat panic) && echo \"$own\" >panic");
  }

  @Test
  void whatIsReadOnlyCannotBeMadeWritable() {
    failsOnlyInside(
        "mount -o remount,bind,rw /usr; touch /usr/initrunner-test && rm /usr/initrunner-test");
  }

  @Test
  void theNetworkIsOutOfReach() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      failsOnlyInside("busybox nc -w 2 127.0.0.1 " + server.getLocalPort() + " -e true");
    }
  }

  @Test
  void otherProcessesAreOutOfReach() throws IOException {
    Process other = new ProcessBuilder("sleep", "3600.4711").start();
    try {
      // The pattern does not match the command line of the shell that searches.
      failsOnlyInside("cat /proc/[0-9]*/cmdline 2>/dev/null | grep -qa '[3]600.4711'");
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void noMoreProcessesStartThanItMayHave() {
    failsOnlyInside(
        "i=0 all=; while [ $i -lt 60 ]; do sleep 50 & all=\"$all $!\" i=$((i + 1)); done; kill $all");
  }

  @Test
  void aForkBombIsHeldAndEndsWithItsTime() {
    String bomb = "f() { f | f & }; f; sleep 60";
    Ran ran = run(Command.of("sh", "-c", bomb), Limits.timeout(Duration.ofSeconds(3)));
    assertThat(ran.ended()).isIn(new TimedOut(Stop.STOPPED), new Exited(2));
    assertThat(sh("echo fine").stdout()).isEqualTo("fine\n");
  }

  @Test
  void whatOutlivedAnInitrunnerThatWasKilledIsEndedByTheNext() throws Exception {
    Path role = Files.writeString(outside().resolve("role.yaml"), role(""));
    Files.createDirectories(workDirectoryOf(role));
    Path beat = workDirectoryOf(role).resolve("beat" + System.nanoTime());
    String script = "while :; do echo x >>" + beat.getFileName() + "; sleep 0.1; done";
    Process killed = CallingProcess.start(role, script, environment());
    while (!Files.exists(beat)) {
      assertThat(killed.isAlive()).isTrue();
      Thread.sleep(20);
    }
    killed.destroyForcibly().waitFor();
    if (goesOnWithoutItsInitrunner()) {
      assertThat(left()).isNotEmpty();
      assertThat(isStill(beat)).isFalse();
    }
    make("").close();
    assertNothingIsLeft();
    assertThat(isStill(beat)).isTrue();
  }

  /// The directory in which commands of a role in this file start.
  protected abstract Path workDirectoryOf(Path role);

  /// Whether only the next initrunner can end a call.
  protected abstract boolean goesOnWithoutItsInitrunner();

  @Test
  void theTemporaryDirectoryIsItsOwn() {
    assertThat(sh("touch /tmp/x && ls -A /tmp").stdout()).isEqualTo("x\n");
  }

  @Test
  void pathsAndTheNetworkOfThePlaceAreThereAsTheRoleSays() throws Exception {
    Path outside = outside();
    Path readable = Files.createDirectories(outside.resolve("readable"));
    Path writable = outside.resolve("writable");
    Files.writeString(readable.resolve("file"), "to be read");
    String more =
        String.join(
            "\n      ",
            "network: host",
            "allowed_read_paths: [" + readable + "]",
            "allowed_write_paths: [" + writable + "]",
            "bind_mounts: [{source: " + readable + ", target: /tmp/data}]");
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Sandbox other = make(more)) {
      String script =
          """
          grep -q read %1$s/file /tmp/data/file || exit 11
          echo x >%2$s/made || exit 12
          ! (echo x >%1$s/made) 2>/dev/null || exit 13
          ! (echo x >/tmp/data/made) 2>/dev/null || exit 14
          busybox nc -w 2 127.0.0.1 %3$d -e true || exit 15
          """
              .formatted(readable, writable, server.getLocalPort());
      assertThat(sh(other, script).ended()).isEqualTo(new Exited(0));
    }
    assertThat(writable.resolve("made")).hasContent("x");
  }

  @Test
  void nothingIsStartedWhereAMountIsNotThereAnyMore() throws Exception {
    Path mounted = Files.createDirectory(outside().resolve("mounted, and gone"));
    String more = "bind_mounts: [{source: \"" + mounted + "\", target: /tmp/data}]";
    String made = "made" + System.nanoTime();
    try (Sandbox other = make(more)) {
      Files.delete(mounted);
      Captured captured = new Captured(1000);
      Command command = Command.of("touch", made);
      assertThatThrownBy(() -> other.run(command, "0c", Limits.unbounded(), captured))
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessageContaining("could not be started");
      assertThat(directory().resolve(made)).doesNotExist();
      assertThat(captured.stderrText() + captured.stdoutText()).doesNotContain("@initrunner");
      Files.createDirectory(mounted);
      assertThat(sh(other, "touch " + made).ended()).isEqualTo(new Exited(0));
    }
  }

  @Test
  void aMountThatACallMadeALinkIsNotFollowedByTheNext() throws Exception {
    String name = "mounted" + System.nanoTime();
    Path mounted = directory().resolve(name);
    String more = "bind_mounts: [{source: " + mounted + ", target: /tmp/data}]";
    Files.writeString(Files.createDirectory(mounted).resolve("file"), "own");
    try (Sandbox other = make(more)) {
      Command read = Command.of("cat", "/tmp/data/file");
      assertThatALinkInsteadOfItIsNotFollowed(other, name, read);
    }
  }

  @Test
  void aStartDirectoryThatACallMadeALinkIsNotFollowedByTheNext() throws Exception {
    String name = "start" + System.nanoTime();
    Files.writeString(Files.createDirectory(directory().resolve(name)).resolve("file"), "own");
    try (Sandbox other = make("")) {
      Command read = Command.of("cat", "file").withWorkingDirectory(Optional.of(name));
      assertThatALinkInsteadOfItIsNotFollowed(other, name, read);
    }
  }

  @Test
  void noSystemDirectoryIsGivenToWriteIn() throws Exception {
    for (String start : List.of("/", "/usr/../etc", "/root")) {
      Command touch = Command.of("touch", "made").withWorkingDirectory(Optional.of(start));
      assertThatThrownBy(() -> sandbox().run(touch, "0d", Limits.unbounded(), new Captured(1000)))
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessageContaining("as /work, which is a system directory");
    }
    Path link = Files.createSymbolicLink(outside().resolve("link"), Path.of("/etc"));
    for (String mount :
        List.of(
            "allowed_write_paths: [" + link + "]",
            "bind_mounts: [{source: " + link + ", target: /tmp/x, read_only: false}]")) {
      assertThatThrownBy(() -> make(mount).close())
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessageContaining("'/etc', a host system path, and would be writable");
    }
    make("allowed_read_paths: [" + link + "]").close();
  }

  private void assertThatALinkInsteadOfItIsNotFollowed(Sandbox other, String name, Command read)
      throws Exception {
    Path outside = outside();
    Files.writeString(outside.resolve("file"), "secret");
    Captured before = new Captured(1000);
    other.run(read, "0a", Limits.unbounded(), before);
    assertThat(before.stdoutText()).isEqualTo("own");
    String swap = "mv %1$s %1$s.old && ln -s %2$s %1$s".formatted(name, outside);
    assertThat(sh(other, swap).ended()).isEqualTo(new Exited(0));
    Captured after = new Captured(1000);
    assertThatThrownBy(() -> other.run(read, "0b", Limits.unbounded(), after))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining(name + "' is no longer the directory");
    assertThat(after.stdoutText()).isEmpty();
  }
}
