package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Stop;
import initrunner.launch.LauncherUnavailableException;
import initrunner.runtime.confine.OwnFilesContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A program that a contained command leaves on the `PATH` of this machine must not start the next
/// command, as it would run outside.
interface PlantedProgramsContract {

  /// A role of a launcher that contains commands on this machine, with further lines.
  String role(String more);

  /// The same role without a launcher.
  String uncontainedRole();

  /// An opened sandbox of a role in a file.
  Sandbox openedAt(Path role, Map<String, String> environment) throws Exception;

  /// Each writes to a file on the host when it runs.
  String PLANT =
      """
      for name in sh bash setsid bwrap docker podman prlimit systemd-run env mkdir rmdir readlink \\
        find head cat grep sleep stat id ps kill rm; do
        printf '#!/bin/sh\\necho %%s >>%1$s\\n' $name >bin/$name && chmod 755 bin/$name || exit 9
      done
      """;

  private static Path project(String role) throws Exception {
    Path directory = Files.createTempDirectory("project");
    Files.createDirectory(directory.resolve("bin"));
    return Files.writeString(directory.resolve("role.yaml"), role);
  }

  private static Map<String, String> pathOf(Path role, String more) {
    return Map.of("PATH", role.resolveSibling("bin") + ":" + more);
  }

  @Test
  default void programsThatACommandLeavesOnPathStartNothing() throws Exception {
    Path ran = Files.createTempDirectory("outside").resolve("ran");
    Path role = project(role(""));
    Map<String, String> path = pathOf(role, System.getenv("PATH"));
    try (Sandbox sandbox = openedAt(role, path)) {
      assertThat(OwnFilesContract.status(sandbox, PLANT.formatted(ran))).isZero();
      assertThat(OwnFilesContract.status(sandbox, "exit 3")).isEqualTo(3);
    }
    try (Sandbox next = openedAt(role, path)) {
      assertThat(OwnFilesContract.status(next, "exit 3")).isEqualTo(3);
      Limits limits = Limits.timeout(Duration.ofSeconds(3));
      assertThat(next.run(Command.of("sleep", "60"), "0c", limits, new Captured(100)).ended())
          .isEqualTo(new Ended.TimedOut(Stop.STOPPED));
    }
    assertThat(ran).doesNotExist();
    Files.writeString(role, uncontainedRole());
    try (Sandbox uncontained = openedAt(role, path)) {
      OwnFilesContract.status(uncontained, "true");
    }
    assertThat(ran).exists();
  }

  @Test
  default void whereThereIsNoOtherProgramThatIsSaid() throws Exception {
    Path role = project(role(""));
    Path shell = Files.writeString(role.resolveSibling("bin").resolve("sh"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path links = Files.createTempDirectory("links");
    Files.createSymbolicLink(links.resolve("sh"), shell);
    for (Map<String, String> path :
        List.of(pathOf(role, "/no/such"), Map.of("PATH", links.toString()))) {
      assertThatThrownBy(() -> openedAt(role, path).close())
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessageContaining("unavailable: sh on PATH is /")
          .hasMessageEndingWith("which commands may change");
    }
  }
}
