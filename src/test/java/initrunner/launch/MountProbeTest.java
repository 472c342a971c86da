package initrunner.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.launch.Mount.Access;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With this machine's own shell as the place, and a directory in which its commands start.
class MountProbeTest {

  @TempDir private Path directory;
  private Path start = Path.of("");
  private Path outside = Path.of("");

  @BeforeEach
  void makeDirectories() throws IOException {
    Path real = directory.toRealPath();
    start = Files.createDirectory(real.resolve("start"));
    outside = Files.createDirectory(real.resolve("outside"));
  }

  private Probe.Answer ask(List<String> argv) {
    try {
      Process process = new ProcessBuilder(argv).directory(start.toFile()).start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Probe.Answer(process.waitFor(), out, error);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Mount> require(Mount... mounts) {
    return MountProbe.require(
        List.of(mounts),
        (command, _) -> ask(command.argv()),
        (reason, remedy) -> new LauncherUnavailableException(reason, remedy));
  }

  private static Mount readable(Path source) {
    return new Mount(source.toString(), "/in", Access.READ_ONLY);
  }

  @Test
  void withoutMountsNothingIsAsked() {
    assertThat(
            MountProbe.require(
                List.of(),
                (command, _) -> {
                  throw new AssertionError(command);
                },
                LauncherUnavailableException::new))
        .isEmpty();
  }

  @Test
  void aDirectoryThatMayBeWrittenIsMade() {
    String made = outside.resolve("a/b").toString();
    Mount mount = new Mount(made, made, Access.READ_WRITE);
    assertThat(require(mount)).containsExactly(mount);
    assertThat(Path.of(made)).isDirectory();
  }

  @Test
  void whatIsOnlyReadOrHasAnotherNameInsideIsNotMade() {
    String read = outside.resolve("read").toString();
    String renamed = outside.resolve("renamed").toString();
    assertThatThrownBy(() ->
            require(
                new Mount(outside.toString(), "/in", Access.READ_ONLY),
                new Mount(read, read, Access.READ_ONLY),
                new Mount(renamed, "/in", Access.READ_WRITE)))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessage("to be mounted, but not there: " + read + ", " + renamed);
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamedWithTheReason() throws IOException {
    String below = Files.createFile(outside.resolve("file")).resolve("a").toString();
    assertThatThrownBy(() -> require(new Mount(below, below, Access.READ_WRITE)))
        .hasMessageContaining("a directory of allowed_write_paths cannot be made: mkdir:")
        .hasMessageContaining("Not a directory");
  }

  /// More than fit into one answer of the host.
  @Test
  void eachSourceIsGivenAsWhatItsLinksLeadTo() throws IOException {
    List<Mount> links = new ArrayList<>();
    List<Mount> real = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      Path target = Files.createDirectory(outside.resolve("target " + i));
      links.add(readable(Files.createSymbolicLink(outside.resolve("link " + i), target)));
      real.add(readable(target));
    }
    assertThat(require(links.toArray(Mount[]::new))).isEqualTo(real);
  }

  @Test
  void aSourceWithALineBreakInItsNameStaysAsItIs() throws IOException {
    Mount broken = readable(Files.createDirectory(outside.resolve("a\nb")));
    Mount other = readable(Files.createSymbolicLink(outside.resolve("c"), outside));
    assertThat(require(broken, other)).containsExactly(broken, readable(outside));
  }

  @Test
  void aSourceThatLeadsToANameWithALineBreakIsRefused() throws IOException {
    Path broken = Files.createDirectory(outside.resolve("a\nb"));
    Path link = Files.createSymbolicLink(outside.resolve("c"), broken);
    assertThatThrownBy(() -> require(readable(link)))
        .hasMessage("the host does not say where these lead to: " + link);
  }

  /// A command of an earlier call could have made it.
  @Test
  void aLinkThatLiesWhereCommandsCanWriteIsRefused() throws IOException {
    Path link = Files.createSymbolicLink(start.resolve("data"), outside);
    assertThatThrownBy(() -> require(readable(link)))
        .hasMessageContaining("'" + link + "' is to be mounted, lies where commands can write");
    Path below = Files.createDirectory(outside.resolve("below"));
    assertThatThrownBy(() -> require(readable(link.resolve("below")))).hasMessageContaining("link");
    assertThat(require(readable(below))).containsExactly(readable(below));
  }

  @Test
  void whatLiesThereAndIsNoLinkIsMounted() throws IOException {
    Path data = Files.createDirectory(start.resolve("data"));
    assertThat(require(readable(start.resolve("./data")), readable(data)))
        .containsExactly(readable(data), readable(data));
  }
}
