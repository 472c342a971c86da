package initrunner.runtime.confine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Mount;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GivenDirectoriesTest {

  private static final Path HOME = Path.of("/export/people/me");

  private static GivenDirectories at(Optional<String> host) {
    return new GivenDirectories(new SandboxHost("bwrap", host, Optional.empty()), HOME);
  }

  private static void start(Optional<String> host, String named, String real) {
    at(host).requireStart(Optional.of(named), Path.of(real));
  }

  @Test
  void onThisMachineTheHomeDirectoryIsNotGivenAsAWhole() {
    for (Path each : List.of(HOME, HOME.resolveSibling(""), Path.of("/export"))) {
      assertThatThrownBy(() -> start(Optional.empty(), "x", each.toString()))
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessage(
              "commands could write in '%s' as /work, which is or holds the home directory, with"
                  + " its keys",
              each);
    }
    assertThatThrownBy(() -> start(Optional.empty(), "~", HOME.toString()))
        .isInstanceOf(LauncherUnavailableException.class);
    start(Optional.empty(), "x", HOME + "/project");
    start(Optional.empty(), "x", "/export/people/me2");
  }

  @Test
  void onAHostItIsWhereTheRoleSaysSo() {
    Optional<String> host = Optional.of("box");
    start(host, "~", "/root");
    start(host, "~", HOME.toString());
    start(host, "~/agent", HOME + "/agent");
    assertThatThrownBy(() -> start(host, "agent", "/root"))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("'/root' as /work, which is a system directory");
    assertThatThrownBy(() -> start(host, HOME.toString(), HOME.toString()))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("as /work, which is or holds the home directory, with its keys");
  }

  @Test
  void whatLoginsAndProgramsObeyIsGivenNowhereToWriteIn() {
    for (Optional<String> host : List.of(Optional.<String>empty(), Optional.of("box"))) {
      for (String name :
          List.of(".ssh", ".ssh/x", ".config", ".config/systemd/user", ".bashrc", ".m2", "bin")) {
        String path = HOME + "/" + name;
        assertThatThrownBy(() -> start(host, "x", path))
            .as(name)
            .hasMessageContaining(
                "as /work, which is where logins and programs look for their configuration");
        at(host).requireMount(new Mount(path, "/x", Mount.Access.READ_ONLY));
        assertThatThrownBy(
                () -> at(host).requireMount(new Mount(path, "/x", Mount.Access.READ_WRITE)))
            .as(name)
            .hasMessageEndingWith("programs look for their configuration, and would be writable");
      }
      start(host, "x", HOME + "/project/.ssh");
      at(host).requireMount(new Mount(HOME + "/.cache/pip", "/x", Mount.Access.READ_WRITE));
      for (String path : List.of("/etc/cron.d", "/var/spool/cron", HOME + "", "/export")) {
        assertThatThrownBy(
                () -> at(host).requireMount(new Mount(path, "/x", Mount.Access.READ_WRITE)))
            .as(path)
            .isInstanceOf(LauncherUnavailableException.class);
      }
    }
  }
}
