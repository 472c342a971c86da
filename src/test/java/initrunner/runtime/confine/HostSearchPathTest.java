package initrunner.runtime.confine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.launch.LauncherUnavailableException;
import initrunner.role.RoleLoader;
import initrunner.runtime.Sandbox;
import initrunner.ssh.SshdExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A host whose logins look for programs where contained commands may write.
class HostSearchPathTest {

  private static final Path ON_PATH = temporary("on-path");
  private static final Path ELSEWHERE = temporary("elsewhere");

  @RegisterExtension
  static final SshdExtension sshd =
      new SshdExtension()
          .withEnvironment("PATH=" + ON_PATH + "/project/bin:" + System.getenv("PATH"));

  @TempDir Path directory;

  private static Path temporary(String name) {
    try {
      return Files.createTempDirectory(name).toRealPath();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Sandbox sandbox(String launcher, String remoteCwd, String more) throws Exception {
    String role =
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata:
          name: contained
        spec:
          role: You work.
          security:
            sandbox:
              backend: ssh
              %s
              ssh:
                host: %s
                config_file: %s
                remote_cwd: "%s"
                launcher: %s
        """
            .formatted(more, SshdExtension.HOST, sshd.configFile(), remoteCwd, launcher);
    Path file = Files.writeString(directory.resolve("role.yaml"), role);
    return Sandbox.of(RoleLoader.load(file), System.getenv());
  }

  private void assertRefused(String launcher, Path remoteCwd, String more) throws Exception {
    try (Sandbox sandbox = sandbox(launcher, remoteCwd.toString(), more)) {
      assertThatThrownBy(sandbox::open)
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessageContaining("PATH on the host holds '" + ON_PATH + "/project/bin'");
    }
  }

  @Test
  void whereCommandsCouldWriteThemNothingIsStarted() throws Exception {
    for (String launcher : List.of("bwrap", "docker")) {
      assertRefused(launcher, ON_PATH, "");
      assertRefused(launcher, ELSEWHERE, "allowed_write_paths: [" + ON_PATH + "]");
    }
  }

  @Test
  void aCallThatStartsWhereItCouldWriteThemIsNotStarted() throws Exception {
    Path link = ELSEWHERE.resolveSibling(ELSEWHERE.getFileName() + "-link");
    Files.createSymbolicLink(link, ON_PATH);
    try (Sandbox sandbox = sandbox("bwrap", ELSEWHERE.toString(), "")) {
      Command touch = Command.of("touch", "made");
      for (Path start : List.of(ON_PATH, link)) {
        Command there = touch.withWorkingDirectory(Optional.of(start.toString()));
        assertThatThrownBy(() -> sandbox.run(there, "0a", Limits.unbounded(), new Captured(100)))
            .isInstanceOf(LauncherUnavailableException.class)
            .hasMessageContaining("PATH on the host holds '" + ON_PATH + "/project/bin'");
      }
      assertThat(ON_PATH.resolve("made")).doesNotExist();
      Command beside = touch.withWorkingDirectory(Optional.of(directory.toString()));
      assertThat(sandbox.run(beside, "0b", Limits.unbounded(), new Captured(100)).ended())
          .isEqualTo(new Exited(0));
      assertThat(directory.resolve("made")).exists();
    }
  }

  @Test
  void whoeverMayWriteTheWholeHomeDirectoryNeedsNoPath() throws Exception {
    Files.createSymbolicLink(ON_PATH.resolve("project"), sshd.home());
    try (Sandbox sandbox = sandbox("bwrap", "~", "")) {
      sandbox.open();
    } finally {
      Files.delete(ON_PATH.resolve("project"));
    }
  }
}
