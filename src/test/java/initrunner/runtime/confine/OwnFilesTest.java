package initrunner.runtime.confine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.launch.Cover;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Mount;
import initrunner.launch.Mount.Access;
import initrunner.runtime.confine.ObeyedPaths.Account;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    files = files(role, Path.of("/no/home"));
  }

  private static OwnFiles files(Path role, Path home, Path... start) {
    return new OwnFiles(role, home, new StartFiles(List.of(start)), Account.THIS);
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

  /// No account can create a file in /proc.
  @Test
  void variablesThatAnotherAccountCouldMakeAreCovered() {
    Path role = Path.of("/proc/self/status");
    StartFiles nothing = new StartFiles(List.of());
    Path home = Path.of("/proc/self/.initrunner");

    OwnFiles own = new OwnFiles(role, home, nothing, Account.THIS);
    OwnFiles another = new OwnFiles(role, home, nothing, Account.ANOTHER);
    Path directory = WritableDirectories.real(Path.of("/proc/self"));
    Cover roleAlone = itself(directory.resolve("status"), "/work/status", Access.READ_ONLY);

    assertThat(own.covers(directory, List.of())).containsExactly(roleAlone);
    assertThat(another.covers(directory, List.of()))
        .containsExactlyInAnyOrder(
            new Cover.EmptyFile("/work/.env"),
            new Cover.EmptyDirectory("/work/.initrunner"),
            roleAlone);
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
    OwnFiles byLink = files(link.resolve("role.yaml"), files.home());
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
  void nothingIsPutIntoTheEmptyDirectoryOfThisProduct() throws Exception {
    OwnFiles inHome = files(role, real.resolve("a"));
    assertThat(inHome.covers(real, List.of())).containsExactly(new Cover.EmptyDirectory("/work/a"));
    for (Path given : List.of(real.resolve("a"), real.resolve("a/b"))) {
      assertThatThrownBy(() -> inHome.covers(given, List.of()))
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessage("commands could write to '%s', where initrunner keeps its own files", given);
    }
    Path roles = Files.createDirectories(real.resolve("a/roles/mine"));
    assertThat(inHome.covers(roles, List.of())).isEmpty();
  }

  @Test
  void theRecordIsOutOfReachWhereNoDirectoryThatCommandsWriteToHoldsIt() throws Exception {
    OwnFiles inHome = files(role, Files.createDirectories(real.resolve("a/home")));
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
    OwnFiles files = files(role, home);
    assertThatThrownBy(() ->
            files.requireOutOfReach(
                record, new WritableDirectories(List.of(WritableDirectories.real(link)))))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessage("commands could write to " + home + ", where initrunner keeps its own files");
    files.requireOutOfReach(record, new WritableDirectories(List.of(real.resolve("no"))));
  }

  /// The files that a start reads, in a checkout.
  private Path checkout(String name) throws Exception {
    Path checkout = Files.createDirectories(real.resolve(name));
    for (String directory : List.of("dev", ".mvn", "src/main", "target/launch", ".git")) {
      Files.createDirectories(checkout.resolve(directory));
    }
    for (String file : List.of("initrunner", "pom.xml")) {
      Files.writeString(checkout.resolve(file), "x");
    }
    return checkout;
  }

  private static List<String> readOnly(List<Cover> covers) {
    return covers.stream()
        .filter(cover ->
            cover instanceof Cover.Itself(Mount mount) && mount.access() == Access.READ_ONLY)
        .map(Cover::target)
        .sorted()
        .toList();
  }

  @Test
  void whatStartsThisProductIsReadOnlyWhereverItLies() throws Exception {
    Path checkout = checkout("a/b/checkout");
    Path jar = Files.writeString(checkout.resolve("target/launch/x.jar"), "x");
    Path jdk = Files.createDirectories(real.resolve("jdk"));
    List<Path> named = new ArrayList<>(List.of(jar, jdk));
    named.addAll(StartFiles.of(checkout));
    OwnFiles own = files(role, Path.of("/no/home"), named.toArray(Path[]::new));

    List<Cover> besides = own.covers(checkout, List.of());
    assertThat(readOnly(besides))
        .containsExactly(
            "/work/.git",
            "/work/.mvn",
            "/work/dev",
            "/work/initrunner",
            "/work/pom.xml",
            "/work/src/main",
            "/work/target/launch");
    assertThat(besides)
        .contains(
            itself(checkout.resolve("src"), "/work/src", Access.READ_WRITE),
            itself(checkout.resolve("target"), "/work/target", Access.READ_WRITE));
    List<Cover> above =
        own.covers(Path.of("/usr"), List.of(mount(real, "/all", Access.READ_WRITE)));
    assertThat(readOnly(above)).contains("/all/a/b/checkout/target/launch", "/all/jdk");
    // As a mount of its own, a directory below a read-only one would be writable again.
    assertThat(above).noneMatch(cover -> cover.target().contains("/launch/"));
    assertThat(own.covers(Path.of("/usr"), List.of(mount(checkout, "/r", Access.READ_ONLY))))
        .isEmpty();
  }

  @Test
  void aDirectoryFromWhichThisProductStartsIsNotGivenToCommands() throws Exception {
    Path checkout = checkout("checkout");
    Path inside = Files.createDirectories(checkout.resolve("target/launch/app/lib"));
    OwnFiles own = files(role, Path.of("/no/home"), StartFiles.of(checkout).toArray(Path[]::new));
    for (Path given : List.of(inside, checkout.resolve("dev"), checkout.resolve("initrunner"))) {
      List<Mount> mounts = List.of(mount(given, "/data", Access.READ_WRITE));
      assertThatThrownBy(() -> own.covers(Path.of("/usr"), mounts))
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessage("commands could write to '%s', from which initrunner itself starts", given);
      own.covers(Path.of("/usr"), List.of(mount(given, "/data", Access.READ_ONLY)));
    }
    assertThatThrownBy(() -> own.covers(inside, List.of()))
        .hasMessageContaining("from which initrunner itself starts");
  }

  @Test
  void whatIsNotThereAndWhatIsALinkIsRefusedWhereCommandsCouldMakeOrReplaceIt() throws Exception {
    Path checkout = checkout("checkout");
    Path link = Files.createSymbolicLink(real.resolve("a/link"), checkout.resolve("initrunner"));
    Path further = Files.createSymbolicLink(real.resolve("further"), link);
    OwnFiles byLink = files(role, Path.of("/no/home"), further);
    assertThat(byLink.covers(real.resolve("a/b"), List.of())).hasSize(2);
    assertThatThrownBy(() -> byLink.covers(real.resolve("a"), List.of()))
        .hasMessageStartingWith("'" + link + "' is a symbolic link that commands could replace");

    OwnFiles absent = files(role, Path.of("/no/home"), real.resolve("a/b/.mvn"));
    assertThat(absent.covers(checkout, List.of())).isEmpty();
    assertThatThrownBy(() -> absent.covers(real, List.of()))
        .hasMessageContaining("/a/b/.mvn' is missing, and commands could create it");
  }

  @Test
  void aFileInWhatStartsThisProductHasNoOtherNameWhereCommandsMayWrite() throws Exception {
    Path checkout = checkout("a/checkout");
    Path source = Files.writeString(checkout.resolve("src/main/X.java"), "x");
    OwnFiles own = files(role, Path.of("/no/home"), StartFiles.of(checkout).toArray(Path[]::new));
    WritableDirectories writable = new WritableDirectories(List.of(real.resolve("a")));
    Path other = checkout.resolve("src/main/Y.java");
    Files.createLink(other, source);
    own.requireNoOtherNames(writable);
    Files.delete(other);
    Path outside = real.resolve("a/b/Z.java");
    Files.createLink(outside, source);
    assertThatThrownBy(() -> own.requireNoOtherNames(writable))
        .hasMessageContaining("under its other name '" + outside + "'");
  }

  @Test
  void aStartNamesItsScriptItsClassesAndItsJdk() {
    StartFiles start = StartFiles.ofThisProcess(Map.of("JAVA_HOME", "/opt/jdk"));
    assertThat(start.named())
        .contains(Path.of("/opt/jdk"), Path.of(System.getProperty("java.home")))
        .anyMatch(path -> path.endsWith("target/classes"))
        .allMatch(Path::isAbsolute);
  }
}
