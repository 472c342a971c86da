package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.launch.Cover;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Mount;
import initrunner.launch.Mount.Access;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnFilesTest {

  @TempDir Path directory;
  private Path real;
  private Path role;
  private OwnFiles files;

  @BeforeEach
  void makeRole() throws Exception {
    real = directory.toRealPath();
    Path project = Files.createDirectories(real.resolve("a/b"));
    Files.writeString(project.resolve(".env"), "KEY=x");
    role = Files.writeString(project.resolve("role.yaml"), "a role");
    files = new OwnFiles(role, real.resolve("no/home"));
  }

  private static Mount mount(Path source, String target, Access access) {
    return new Mount(source.toString(), target, access);
  }

  private static Cover itself(Path source, String target, Access access) {
    return new Cover.Itself(mount(source, target, access));
  }

  @Test
  void theStartDirectoryIsCoveredWhereItHoldsThem() {
    assertThat(files.covers(role.resolveSibling(""), List.of()))
        .containsExactly(
            new Cover.EmptyFile("/work/.env"), itself(role, "/work/role.yaml", Access.READ_ONLY));
    assertThat(files.covers(real.resolve("no/such"), List.of())).isEmpty();
    assertThat(files.covers(Path.of("/usr"), List.of())).isEmpty();
  }

  @Test
  void directoriesOnTheWayStandWhereTheyCouldBeMoved() {
    assertThat(files.covers(real, List.of()))
        .containsExactly(
            itself(real.resolve("a/b"), "/work/a/b", Access.READ_WRITE),
            itself(real.resolve("a"), "/work/a", Access.READ_WRITE),
            new Cover.EmptyFile("/work/a/b/.env"),
            itself(role, "/work/a/b/role.yaml", Access.READ_ONLY));
  }

  @Test
  void whatIsMountedReadOnlyLacksTheVariablesAlone() {
    List<Mount> mounts = List.of(mount(real, "/all", Access.READ_ONLY));
    assertThat(files.covers(Path.of("/usr"), mounts))
        .containsExactly(new Cover.EmptyFile("/all/a/b/.env"));
  }

  @Test
  void aDirectoryIsKnownByItsLinksToo() throws Exception {
    Path link = Files.createSymbolicLink(real.resolve("link"), real.resolve("a/b"));
    assertThat(files.covers(link, List.of())).hasSize(2);
    OwnFiles byLink = new OwnFiles(link.resolve("role.yaml"), files.home());
    assertThat(byLink.covers(real.resolve("a/b"), List.of())).hasSize(2);
  }

  @Test
  void aMountOfAFileItselfOrOverItIsTheRolesWord() {
    Path other = real.resolve("other");
    Path variables = role.resolveSibling(".env");
    List<Mount> mounts =
        List.of(
            mount(role, "/tmp/role.yaml", Access.READ_WRITE),
            mount(variables, "/tmp/.env", Access.READ_ONLY),
            mount(other, "/work/.env", Access.READ_ONLY));
    assertThat(files.covers(role.resolveSibling(""), mounts))
        .containsExactly(itself(role, "/work/role.yaml", Access.READ_ONLY));
  }

  @Test
  void ofMountsOverEachOtherTheOneThatShowsIsCovered() {
    Path project = role.resolveSibling("");
    Mount deep = mount(project, "/data/project", Access.READ_ONLY);
    Mount shallow = mount(Path.of("/usr"), "/data", Access.READ_ONLY);
    for (List<Mount> mounts : List.of(List.of(deep, shallow), List.of(shallow, deep))) {
      assertThat(files.covers(Path.of("/usr"), mounts))
          .containsExactly(new Cover.EmptyFile("/data/project/.env"));
    }
    Mount hidden = mount(Path.of("/usr"), "/data/project", Access.READ_ONLY);
    assertThat(files.covers(Path.of("/usr"), List.of(deep, hidden))).isEmpty();
  }

  @Test
  void aDirectoryOfThatNameIsNone() throws Exception {
    Path variables = role.resolveSibling(".env");
    Files.delete(variables);
    Files.createDirectory(variables);
    assertThat(files.covers(role.resolveSibling(""), List.of())).hasSize(1);
  }

  @Test
  void nothingIsPutIntoTheEmptyDirectoryOfThisProduct() {
    OwnFiles inHome = new OwnFiles(role, real.resolve("a"));
    assertThat(inHome.covers(real, List.of())).containsExactly(new Cover.EmptyDirectory("/work/a"));
    assertThat(inHome.covers(real.resolve("a"), List.of())).hasSize(3);
  }

  @Test
  void theRecordIsOutOfReachWhereNoDirectoryThatCommandsWriteToHoldsIt() throws Exception {
    OwnFiles inHome = new OwnFiles(role, Files.createDirectories(real.resolve("a/home")));
    Path covered = real.resolve("a/home/audit.db");
    Path other = real.resolve("b/audit.db");

    for (Path directory : List.of(real.resolve("a"), real.resolve("a/b"), real.resolve("b/c"))) {
      requireOutOfReach(inHome, covered, directory);
    }
    requireOutOfReach(inHome, other, inHome.home().resolve("x"));
    requireOutOfReach(inHome, covered, inHome.home().resolve("x"));
    assertThatThrownBy(() -> requireOutOfReach(inHome, other, real))
        .hasMessageContaining("lies where commands could write to it");
    Path link = Files.createSymbolicLink(real.resolve("a/link"), inHome.home());
    assertThatThrownBy(() -> requireOutOfReach(inHome, link.resolve("audit.db"), real.resolve("a")))
        .hasMessageContaining("lies where commands could write to it");
  }

  private static void requireOutOfReach(OwnFiles files, Path record, Path directory) {
    files.requireOutOfReach(record, new WritableDirectories(List.of(directory)));
  }

  @Test
  void theKeyOfTheRecordIsOutOfReachWhereverTheRecordIs() throws Exception {
    Path home = Files.createDirectories(real.resolve("no/home"));
    Path record = real.resolve("elsewhere/audit.db");
    Path link = Files.createSymbolicLink(real.resolve("link-home"), home);
    assertThatThrownBy(() ->
            files.requireOutOfReach(
                record, new WritableDirectories(List.of(WritableDirectories.real(link)))))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessage(
            "commands could write to " + home + ", where initrunner keeps files of its own");
    files.requireOutOfReach(record, new WritableDirectories(List.of(real.resolve("no"))));
  }
}
