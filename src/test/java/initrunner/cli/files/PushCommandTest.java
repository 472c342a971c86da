package initrunner.cli.files;

import static initrunner.cli.files.TransferHome.write;
import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.Main;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.ChildJvm;
import initrunner.ssh.SshdExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class PushCommandTest {

  @RegisterExtension static final SshdExtension SSHD = new SshdExtension();

  @RegisterExtension static final SshdExtension STUCK = StuckHost.make();

  @TempDir private Path directory;
  private TransferHome home = new TransferHome(Path.of(""));

  @BeforeEach
  void prepare() throws IOException {
    home = TransferHome.in(directory, SSHD);
  }

  private int push(Object... words) {
    return home.run("push", words);
  }

  @Test
  void filesAndDirectoriesGoUnderTheirLastNames() throws IOException {
    write(home.here, "src/main/a.c", "int a;");
    write(home.here, "deep/Makefile", "all:");
    write(home.here, "stays", "here");

    assertThat(push(home.here.resolve("src"), home.here.resolve("deep/Makefile"))).isZero();

    assertThat(home.there.resolve("src/main/a.c")).hasContent("int a;");
    assertThat(home.there.resolve("Makefile")).hasContent("all:");
    assertThat(home.there.resolve("stays")).doesNotExist();
    assertThat(home.stdout()).matches("Sent 2 files, 10 bytes, to my-build-box in [0-9.]+ s\\.\n");
    assertThat(home.stderr()).isEmpty();
  }

  @Test
  void theSameAgainSendsNothing() throws IOException {
    write(home.here, "d/a", "1");
    write(home.here, "d/b", "2");
    push(home.here.resolve("d"));
    assertThat(push(home.here.resolve("d"))).isZero();
    assertThat(home.stdout()).isEqualTo("Nothing to send: 2 files are the same on both sides.\n");
  }

  @Test
  void theyGoIntoTheDirectoryOfTheOption() throws IOException {
    write(home.here, "a", "1");
    assertThat(push(home.here.resolve("a"), "--to", "./new//inner/")).isZero();
    assertThat(home.there.resolve("new/inner/a")).hasContent("1");
    assertThat(push(home.here.resolve("a"), "--to", "~/of-home")).isZero();
    assertThat(SSHD.home().resolve("of-home/a")).hasContent("1");
    Path absolute = directory.resolve("absolute");
    assertThat(push(home.here + "/.", "--to", absolute)).isZero();
    assertThat(absolute.resolve("a")).hasContent("1");
  }

  @Test
  void withoutAPathAllThatIsInTheCurrentDirectoryGoes() throws Exception {
    write(home.here, "a", "1");
    write(home.here, "d/b", "2");
    Process process =
        new ProcessBuilder(
                ChildJvm.initrunner(
                    List.of(), "push", home.role.toString(), "--no-audit", "--to", "all"))
            .directory(home.here.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(home.there.resolve("all/a")).hasContent("1");
    assertThat(home.there.resolve("all/d/b")).hasContent("2");
  }

  @Test
  void aDryRunNamesWhatWouldGoAndChangesNothing() throws IOException {
    write(home.here, "d/a", "1");
    assertThat(push(home.here.resolve("d"), "--dry-run")).isZero();
    assertThat(home.stdout())
        .isEqualTo(
            """
            send      %1$s/d
            send      %1$s/d/a
            Would send 1 file, 1 byte, to my-build-box.
            A dry run: nothing was changed.
            """
                .formatted(home.here));
    assertThat(home.there).isEmptyDirectory();
    assertThat(home.events()).doesNotContain("sandbox.transfer");
  }

  @Test
  void whatIsRemovedHereIsRemovedThereOnlyIfItIsAskedForAndCameFromHere() throws IOException {
    write(home.here, "d/a", "1");
    write(home.here, "d/b", "2");
    push(home.here.resolve("d"));
    write(home.there, "d/own", "of the host");
    Files.delete(home.here.resolve("d/b"));

    assertThat(push(home.here.resolve("d"))).isZero();
    assertThat(home.there.resolve("d/b")).exists();
    assertThat(push(home.here.resolve("d"), "--delete", "--dry-run")).isZero();
    assertThat(home.stdout())
        .contains(
            "remove    " + home.here + "/d/b (there)\n", "Would remove 1 name on my-build-box");
    assertThat(push(home.here.resolve("d"), "--delete")).isZero();

    assertThat(home.stdout()).isEqualTo("Removed 1 name on my-build-box.\n");
    assertThat(home.there.resolve("d/b")).doesNotExist();
    assertThat(home.there.resolve("d/own")).exists();
  }

  @Test
  void whatIsExcludedStays() throws IOException {
    write(home.here, "d/a.c", "1");
    write(home.here, "d/a.o", "2");
    write(home.here, "d/node_modules/x/y", "3");
    write(home.here, "d/out/app", "4");
    assertThat(
            push(
                home.here + "/d",
                "--exclude",
                "*.o",
                "--exclude",
                "node_modules/",
                "--exclude",
                "/d/out"))
        .isZero();
    assertThat(home.there.resolve("d")).isDirectoryContaining("glob:**/a.c");
    try (var files = Files.list(home.there.resolve("d"))) {
      assertThat(files).containsExactly(home.there.resolve("d/a.c"));
    }
  }

  @Test
  void aRepositoryGoesWithItsOptionOnly() throws Exception {
    Path project = home.here.resolve("project");
    git("init", "-q", project.toString());
    write(project, ".gitignore", "*.o\n");
    write(project, "a.c", "int a;");
    write(project, "a.o", "object");

    assertThat(push(project)).isZero();
    assertThat(home.there.resolve("project/a.c")).exists();
    assertThat(home.there.resolve("project/a.o")).doesNotExist();
    assertThat(Files.exists(home.there.resolve("project/.git"), LinkOption.NOFOLLOW_LINKS))
        .isFalse();

    assertThat(push(project, "--with-git")).isZero();
    assertThat(home.there.resolve("project/.git/HEAD")).exists();
    assertThat(home.there.resolve("project/a.o")).doesNotExist();
  }

  private static void git(String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of("git"));
    line.addAll(List.of(arguments));
    assertThat(new ProcessBuilder(line).start().waitFor()).isZero();
  }

  @Test
  void whatBothSidesChangedIsNamedAndDecidedByAnOption() throws IOException {
    write(home.here, "a", "1");
    push(home.here.resolve("a"));
    write(home.here, "a", "changed here");
    write(home.there, "a", "changed there");

    assertThat(push(home.here.resolve("a"))).isEqualTo(ExitCodes.FAILED);
    assertThat(home.stdout()).isEmpty();
    assertThat(home.stderr())
        .isEqualTo(
            """
            conflict  %s/a: changed on both sides
            Nothing of that file was sent: --take here sends what is here, over what is there.
            """
                .formatted(home.here));
    assertThat(home.there.resolve("a")).hasContent("changed there");

    assertThat(push(home.here.resolve("a"), "--take", "there")).isZero();
    assertThat(home.there.resolve("a")).hasContent("changed there");
    assertThat(push(home.here.resolve("a"), "--take", "here")).isZero();
    assertThat(home.there.resolve("a")).hasContent("changed here");
  }

  @Test
  void whatMovesIsToldOfItsSandbox() throws IOException {
    String role = Files.readString(home.role);
    Files.writeString(
        home.role,
        role.replace("    sandbox:\n", "    sandboxes:\n      gpu:\n")
            .replace("      backend:", "        backend:")
            .replaceAll("(?m)^      ( *)(ssh|host|config_file|remote_cwd):", "        $1$2:"));
    write(home.here, "a", "1");
    assertThat(push(home.here.resolve("a"), "--json")).as(home.stderr()).isZero();
    assertThat(home.stdout()).contains("\"host\":\"my-build-box\",\"sandbox\":\"gpu\",");
    write(home.here, "b", "1");
    assertThat(push(home.here.resolve("b"), "--dry-run")).isZero();
    assertThat(home.stdout()).contains("to gpu (my-build-box).");
    assertThat(push(home.here.resolve("b"))).isZero();
    assertThat(home.stdout()).contains("to gpu (my-build-box) in ");
  }

  @Test
  void jsonHasTheWholeTransfer() throws IOException {
    write(home.here, "d/a", "1");
    write(home.here, "d/b", "2");
    write(home.there, "d/b", "other");
    assertThat(push(home.here.resolve("d"), "--json")).isEqualTo(ExitCodes.FAILED);
    assertThat(home.stderr()).isEmpty();
    assertThat(home.stdout())
        .hasLineCount(1)
        .startsWith(
            "{\"ended\":\"incomplete\",\"reason\":null,\"exit_code\":1,\"direction\":\"push\","
                + "\"dry_run\":false,\"host\":\"my-build-box\",\"sandbox\":null,"
                + "\"files\":1,\"bytes\":1,\"same\":0,"
                + "\"duration_ms\":")
        .contains(
            "\"sent\":[\""
                + home.here
                + "/d/a\"],\"fetched\":[],\"removed_there\":[],"
                + "\"removed_here\":[],\"conflicts\":[{\"name\":\""
                + home.here
                + "/d/b\",\"reason\":\"differs on the two sides\"}],\"refused\":[]}");
  }

  @Test
  void eachTransferIsRecordedWithoutNames() throws IOException {
    write(home.here, "confidential", "12345");
    push(home.here.resolve("confidential"), "--to", "in");
    assertThat(home.events())
        .containsPattern(
            "backend=ssh host=my-build-box direction=push root=\\S*in files=1 bytes=5 removed=0"
                + " conflicts=0 refused=0 manifest_sha256=[0-9a-f]{64} ended=complete duration_ms=")
        .doesNotContain("confidential", "12345");
  }

  @Test
  void withNoAuditNothingIsRecorded() throws IOException {
    write(home.here, "a", "1");
    assertThat(push(home.here.resolve("a"), "--no-audit")).isZero();
    assertThat(directory.resolve("home/audit.db")).doesNotExist();
    assertThat(push(home.here.resolve("a"), "--no-audit", "--audit-db", "x"))
        .isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void aHostThatCannotBeReachedIs125WithTheNextStep() throws IOException {
    write(home.here, "a", "1");
    home.writeRole("no-such-host.invalid", SSHD.configFile());
    assertThat(push(home.here.resolve("a"))).isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(home.stdout()).isEmpty();
    assertThat(home.stderr())
        .startsWith("initrunner: ssh probe to 'no-such-host.invalid' returned rc=255")
        .contains("~/.ssh/config");
    assertThat(home.events()).contains("ended=failed", "reason=name_unknown");
    assertThat(push(home.here.resolve("a"), "--json")).isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(home.stdout())
        .startsWith("{\"ended\":\"failed\",\"reason\":\"name_unknown\",\"exit_code\":125,");
  }

  @Test
  void aHostThatCannotTakeTheFilesIs125WithTheReason() throws IOException {
    write(home.here, "a", "1");
    write(home.there, "file", "no directory");
    assertThat(push(home.here.resolve("a"), "--to", "file/inner")).isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(home.stderr()).startsWith("initrunner: ").contains("file/inner");
    assertThat(home.events()).contains("ended=failed");
  }

  /// The host takes no end, and what interrupts is what Ctrl-C does.
  @Test
  void anInterruptSaysThatAllIsWholeAndHowItGoesOn() throws Exception {
    write(home.here, "a", "new");
    home.writeRole(SshdExtension.HOST, STUCK.configFile());
    Path started = StuckHost.started(STUCK);
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    Console console =
        new Console(
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            stderr,
            home.environment(),
            Console.Output.OTHER);
    String[] line = {"push", home.role.toString(), home.here.resolve("a").toString()};
    int[] status = new int[1];
    Thread call = Thread.ofVirtual().start(() -> status[0] = Main.run(line, console));
    assertThat(Files.readString(started)).isEqualTo("runs\n");
    call.interrupt();
    call.join();

    assertThat(status[0]).isEqualTo(130);
    assertThat(stderr.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "initrunner: stopped; each file is whole, as before or as after. The same command goes"
                + " on with what is missing.\n");
    assertThat(home.there.resolve("a")).doesNotExist();
    assertThat(home.events()).contains("ended=failed");
    home.writeRole(SshdExtension.HOST, SSHD.configFile());
    assertThat(push(home.here.resolve("a"))).isZero();
    assertThat(home.there.resolve("a")).hasContent("new");
  }

  @Test
  void whatIsNotHereIsNamed() {
    assertThat(push(home.here.resolve("no"), home.here.resolve("nor"))).isEqualTo(ExitCodes.USAGE);
    assertThat(home.stderr())
        .startsWith(
            "initrunner: there is no file '" + home.here + "/no', '" + home.here + "/nor' here\n");
  }

  @Test
  void twoNamesForOnePlaceAreRefused() throws IOException {
    write(home.here, "x/a", "1");
    write(home.here, "y/a", "2");
    assertThat(push(home.here + "/x/a", home.here + "/y/a")).isEqualTo(ExitCodes.USAGE);
    assertThat(home.stderr()).contains("x/a' and ", "y/a' would be in the same place");
  }

  @Test
  void aRoleWithoutAHostHasNothingToMoveFilesTo() throws IOException {
    Files.writeString(
        home.role,
        Files.readString(home.role).replaceFirst("(?s)backend: ssh.*", "backend: none\n"));
    assertThat(push()).isEqualTo(ExitCodes.USAGE);
    assertThat(home.stderr()).contains("no host to move files to", "backend: ssh", "--host");
  }

  @Test
  void aHostInPlaceOfARoleIsToldTheOption() {
    assertThat(home.runLine("push", "alba", "x")).isEqualTo(ExitCodes.USAGE);
    assertThat(home.stderr()).contains("if that is a host, write --host alba");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "push",
        "push --host -oProxyCommand=x",
        "push --host h --take mine",
        "push --host h --exclude=",
        "push --host h --exclude /",
        "push --host h --to=",
        "push --host h --to ~other/x",
        "push --host h --dry-rnu"
      })
  void whatCannotBeMeantIsAUsageErrorInTwoLines(String line) {
    assertThat(home.runLine(line.split(" "))).isEqualTo(ExitCodes.USAGE);
    assertThat(home.stderr())
        .startsWith("initrunner: ")
        .endsWith("Try 'initrunner push --help'.\n")
        .hasLineCount(2);
  }
}
