package initrunner.runtime.confine;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.runtime.Roles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritableDirectoriesTest {

  @TempDir Path made;

  @Test
  void ofASearchPathStaysWhatNoCommandCouldChange() throws Exception {
    Path directory = made.toRealPath();
    Path project = Files.createDirectory(directory.resolve("project"));
    Path bin = Files.createDirectory(project.resolve("bin"));
    Path away = Files.createSymbolicLink(project.resolve("away"), Path.of("/usr/bin"));
    Path links = Files.createDirectory(directory.resolve("links"));
    Path in = Files.createSymbolicLink(links.resolve("in"), bin);
    Path through = Files.createSymbolicLink(links.resolve("through"), away);
    Path beside = Files.createDirectory(directory.resolve("project2"));
    WritableDirectories writable = new WritableDirectories(List.of(project));
    for (Path each :
        List.of(
            bin,
            away,
            away.resolve("x"),
            in,
            through,
            project.resolve("not yet/there"),
            project.resolve("../project2"),
            links.resolve("../project/bin"))) {
      assertThat(writable.outside("/usr/bin:" + each)).as("%s", each).isEqualTo("/usr/bin");
    }
    String fine = beside + ":/usr/bin:/no/such";
    assertThat(writable.outside(":.:" + fine + ":bin::")).isEqualTo(fine);
  }

  @Test
  void itIsTheRolesDirectoryAndWhereItsToolsStart() throws Exception {
    Path directory = made.toRealPath();
    assertThat(
            WritableDirectories.of(
                    Roles.role(
                        directory, Backend.BWRAP, Optional.empty(), Roles.shellIn("/srv/x/../y")))
                .real())
        .containsExactly(directory, Path.of("/srv/y"));
  }
}
