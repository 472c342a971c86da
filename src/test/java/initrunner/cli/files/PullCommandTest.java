package initrunner.cli.files;

import static initrunner.cli.files.TransferHome.write;
import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.ExitCodes;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class PullCommandTest {

  @RegisterExtension static final SshdExtension SSHD = new SshdExtension();

  @TempDir private Path directory;
  private TransferHome home = new TransferHome(Path.of(""));

  @BeforeEach
  void prepare() throws IOException {
    home = TransferHome.in(directory, SSHD);
  }

  private int pull(Object... words) {
    Object[] all = new Object[words.length + 2];
    System.arraycopy(words, 0, all, 0, words.length);
    all[words.length] = "--to";
    all[words.length + 1] = home.here;
    return home.run("pull", all);
  }

  @Test
  void filesAndDirectoriesComeUnderTheirLastNames() throws IOException {
    write(home.there, "out/report/a.html", "<p>");
    write(home.there, "log", "line\n");
    write(SSHD.home(), "of/home", "h");
    Path elsewhere = directory.resolve("elsewhere");
    write(elsewhere, "b", "bb");

    assertThat(pull("out/report", "./log", "~/of/home", elsewhere.resolve("b"))).isZero();

    assertThat(home.here.resolve("report/a.html")).hasContent("<p>");
    assertThat(home.here.resolve("log")).hasContent("line\n");
    assertThat(home.here.resolve("home")).hasContent("h");
    assertThat(home.here.resolve("b")).hasContent("bb");
    assertThat(home.stdout())
        .matches("Fetched 4 files, 11 bytes, from my-build-box in [0-9.]+ s\\.\n");
  }

  @Test
  void withoutAPathAllThatIsWhereCommandsStartComes() throws IOException {
    write(home.there, "a", "1");
    write(home.there, "d/b", "2");
    assertThat(home.run("pull", "--to", home.here.resolve("new"))).isZero();
    assertThat(home.here.resolve("new/a")).hasContent("1");
    assertThat(home.here.resolve("new/d/b")).hasContent("2");
  }

  @Test
  void whatAPushBroughtAndTheHostChangedComesBack() throws IOException {
    write(home.here, "d/a", "1");
    write(home.here, "d/b", "2");
    assertThat(home.run("push", home.here.resolve("d"))).isZero();
    write(home.there, "d/a", "changed there");
    Files.delete(home.there.resolve("d/b"));
    write(home.there, "d/new", "3");

    assertThat(pull("d", "--delete", "--dry-run")).isZero();
    assertThat(home.stdout())
        .isEqualTo(
            """
            fetch     d/a
            fetch     d/new
            remove    d/b (here)
            Would fetch 2 files, 14 bytes, from my-build-box.
            Would remove 1 name here.
            A dry run: nothing was changed.
            """);
    assertThat(home.here.resolve("d/a")).hasContent("1");
    assertThat(pull("d", "--delete")).isZero();
    assertThat(home.here.resolve("d/a")).hasContent("changed there");
    assertThat(home.here.resolve("d/b")).doesNotExist();
    assertThat(home.here.resolve("d/new")).hasContent("3");
  }

  @Test
  void whatBothSidesChangedIsNamedAndDecidedByAnOption() throws IOException {
    write(home.here, "a", "here");
    write(home.there, "a", "there");
    assertThat(pull("a")).isEqualTo(ExitCodes.FAILED);
    assertThat(home.stderr())
        .isEqualTo(
            """
            conflict  a: differs on the two sides
            Nothing of that file was fetched: --take there fetches what is there, over what is here.
            """);
    assertThat(pull("a", "--take", "here")).isZero();
    assertThat(home.here.resolve("a")).hasContent("here");
    assertThat(pull("a", "--take", "there")).isZero();
    assertThat(home.here.resolve("a")).hasContent("there");
  }

  @Test
  void whatTheHostDoesNotHaveIsNamedAndTheRestComes() throws IOException {
    write(home.there, "d/a", "1");
    assertThat(pull("d/a", "d/no", "nor/all/.")).isEqualTo(ExitCodes.FAILED);
    assertThat(home.here.resolve("a")).hasContent("1");
    assertThat(home.stderr())
        .isEqualTo(
            """
            refused   d/no: is not on my-build-box
            refused   nor/all: is not on my-build-box
            """);
    assertThat(pull("d/no", "--json")).isEqualTo(ExitCodes.FAILED);
    assertThat(home.stdout())
        .contains("\"ended\":\"incomplete\"", "\"refused\":[\"d/no: is not on my-build-box\"]");
  }

  @Test
  void whatLeadsOutIsRefusedAndNamed() throws IOException {
    write(home.there, "d/a", "1");
    Files.createSymbolicLink(home.there.resolve("d/out"), Path.of("/etc/passwd"));
    assertThat(pull("d")).isEqualTo(ExitCodes.FAILED);
    assertThat(home.stderr()).isEqualTo("refused   d/out: a link that leads out of the tree\n");
    assertThat(Files.exists(home.here.resolve("d/out"), LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(home.here.resolve("d/a")).hasContent("1");
  }

  @Test
  void noTerminalObeysTheNameOfAFile() throws IOException {
    String evil = "e\u001b[2Jvil\nx";
    write(home.there, "d/" + evil, "there");
    write(home.here, "d/" + evil, "here");
    Files.createSymbolicLink(home.there.resolve("d/\u001b]0;t\u0007"), Path.of("/etc/passwd"));
    assertThat(pull("d")).isEqualTo(ExitCodes.FAILED);
    assertThat(home.stderr())
        .startsWith(
            """
            conflict  d/e\\x1B[2Jvil\\x0Ax: differs on the two sides
            refused   d/\\x1B]0;t\\x07: a link that leads out of the tree
            """);
    assertThat(pull("d", "--take", "there", "--dry-run")).isZero();
    assertThat(home.stdout()).contains("fetch     d/e\\x1B[2Jvil\\x0Ax\n").doesNotContain("\u001b");
    pull("d", "--json");
    assertThat(home.stdout()).contains("d/e\\u001b[2Jvil\\nx").doesNotContain("\u001b");
  }

  @Test
  void whatIsExcludedStays() throws IOException {
    write(home.there, "d/a.log", "1");
    write(home.there, "d/a.log.gz", "2");
    assertThat(pull("d", "--exclude", "*.gz")).isZero();
    assertThat(home.here.resolve("d/a.log")).exists();
    assertThat(home.here.resolve("d/a.log.gz")).doesNotExist();
  }

  @Test
  void eachTransferIsRecorded() throws IOException {
    write(home.there, "a", "12345");
    pull("a");
    assertThat(home.events())
        .containsPattern("direction=pull root=\\S+ files=1 bytes=5 removed=0 conflicts=0 refused=0")
        .contains(" ended=complete duration_ms=");
    write(home.there, "a", "123456");
    write(home.here, "a", "1234567");
    pull("a");
    assertThat(home.events()).contains("conflicts=1 refused=0", " ended=incomplete ");
  }

  @Test
  void aHostThatCannotBeReachedIs125() throws IOException {
    home.writeRole("no-such-host.invalid", SSHD.configFile());
    assertThat(pull("a")).isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(home.stderr()).contains("no-such-host.invalid");
  }

  @Test
  void aFileIsNoPlaceForOthers() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    assertThat(home.run("pull", "a", "--to", file)).isEqualTo(ExitCodes.USAGE);
    assertThat(home.stderr()).contains("--to is '" + file + "', which is no directory");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pull",
        "pull --host h ~other/x",
        "pull --host h a b/a",
        "pull --host h --with-git",
        "pull --host h --take neither"
      })
  void whatCannotBeMeantIsAUsageErrorInTwoLines(String line) {
    assertThat(home.runLine(line.split(" "))).isEqualTo(ExitCodes.USAGE);
    assertThat(home.stderr())
        .startsWith("initrunner: ")
        .endsWith("Try 'initrunner pull --help'.\n")
        .hasLineCount(2);
  }
}
