package initrunner.cli.files;

import static initrunner.cli.files.TransferHome.write;
import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.Main;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.ssh.SshdExtension;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SyncCommandTest {

  @RegisterExtension static final SshdExtension SSHD = new SshdExtension();

  @TempDir private Path directory;
  private TransferHome home = new TransferHome(Path.of(""));

  @BeforeEach
  void prepare() throws IOException {
    home = TransferHome.in(directory, SSHD);
    Files.writeString(
        home.role,
        Files.readString(home.role)
            + "        workspace: {local: "
            + home.here
            + ", exclude: ['*.log']}\n");
    write(home.here, "a", "1");
    write(home.here, "b", "2");
    write(home.here, "c.log", "stays");
  }

  @Test
  void whatChangedOnEachSideGoesToTheOther() throws IOException {
    assertThat(home.run("sync", "--yes")).isZero();
    assertThat(home.stdout()).startsWith("Sent 2 files, 2 bytes, to my-build-box in ");
    write(home.here, "a", "changed here");
    Files.delete(home.there.resolve("b"));
    write(home.there, "d/new", "there");

    assertThat(home.run("sync", "--yes")).isZero();

    assertThat(home.stdout())
        .startsWith("Sent and fetched 2 files, 17 bytes, to and from my-build-box in ")
        .contains("Removed 1 name here.");
    assertThat(home.there.resolve("a")).hasContent("changed here");
    assertThat(home.here.resolve("d/new")).hasContent("there");
    assertThat(home.here.resolve("b")).doesNotExist();
    assertThat(home.there.resolve("c.log")).doesNotExist();
    assertThat(home.run("sync")).isZero();
    assertThat(home.stdout()).isEqualTo("Nothing to do: 2 files are the same on both sides.\n");
    assertThat(home.events()).contains("direction=both");
  }

  @Test
  void theDirectoryOfAWorkspaceThatIsNotThereYetIsToldAsThat() throws IOException {
    Files.delete(home.there);
    assertThat(home.run("exec", "--", "true")).isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(home.stderr()).contains("the first run makes it, and so does initrunner sync");
    assertThat(home.run("exec", "--cwd", home.there + "/other", "--", "true"))
        .isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(home.stderr()).contains("Create that directory there");
    assertThat(home.run("sync", "--yes")).isZero();
    assertThat(home.run("exec", "--", "true")).isZero();
  }

  @Test
  void aPersonSeesWhatWouldBeDoneAndIsAsked() {
    String plan =
        """
        send      a
        send      b
        Would send 2 files, 2 bytes, to my-build-box.
        """;
    assertThat(answered("n\n")).startsWith("1\n" + plan).endsWith("(y/n) Nothing was done.\n");
    assertThat(home.there).isEmptyDirectory();
    assertThat(answered("y\n")).startsWith("0\n" + plan + "Sent 2 files").endsWith("(y/n) ");
    assertThat(home.there.resolve("a")).hasContent("1");
  }

  /// The exit status, standard output and standard error of a `sync` with this answer.
  private String answered(String answer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)),
            out,
            err,
            home.environment(),
            Console.Output.OTHER,
            Console.Output.OTHER,
            Console.Output.TERMINAL);
    int status = Main.run(new String[] {"sync", home.role.toString()}, console);
    return status
        + "\n"
        + out.toString(StandardCharsets.UTF_8)
        + err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void whereNoPersonCanBeAskedNothingIsDone() {
    assertThat(home.run("sync")).isEqualTo(ExitCodes.FAILED);
    assertThat(home.stderr())
        .isEqualTo(
            """
            No person can be asked here; --yes does it without a question.
            Nothing was done.
            """);
    assertThat(home.there).isEmptyDirectory();
    assertThat(home.run("sync", "--dry-run")).isZero();
    assertThat(home.stdout()).endsWith("A dry run: nothing was changed.\n");
    assertThat(home.run("sync", "--json")).isEqualTo(ExitCodes.USAGE);
    assertThat(home.stderr()).contains("--json asks no question; add --yes or --dry-run");
  }

  @Test
  void whatBothSidesChangedIsNamedAndDecidedByAnOption() throws IOException {
    write(home.there, "a", "there");
    assertThat(home.run("sync", "--yes")).isEqualTo(ExitCodes.FAILED);
    assertThat(home.stderr())
        .isEqualTo(
            """
            conflict  a: differs on the two sides
            Nothing of that file was changed: --take here or --take there decides.
            """);
    assertThat(home.there.resolve("b")).hasContent("2");
    assertThat(home.run("sync", "--yes", "--take", "there")).isZero();
    assertThat(home.here.resolve("a")).hasContent("there");
  }

  @Test
  void aRoleWithoutAWorkspaceIsToldTheField() throws IOException {
    home.writeRole(SshdExtension.HOST, SSHD.configFile());
    assertThat(home.run("sync", "--yes")).isEqualTo(ExitCodes.USAGE);
    assertThat(home.stderr()).contains("ssh.workspace", "push and pull");
    assertThat(home.runLine("sync")).isEqualTo(ExitCodes.USAGE);
    assertThat(home.stderr()).contains("there is no role");
  }
}
