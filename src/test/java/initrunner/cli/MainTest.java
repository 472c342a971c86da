package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.ExitCodes;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {

  private final CapturedConsole console = CapturedConsole.of(Map.of());

  @Test
  void withoutACommandTheHelpIsShown() {
    assertThat(console.run()).isEqualTo(ExitCodes.OK);
    assertThat(console.stdout()).contains("Usage: initrunner COMMAND", "Examples:");
    assertThat(console.stderr()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"?,/home/ann,/home/ann", "?,,/", "?,ann,/", "/root,/home/ann,/root"})
  void theHomeOfAnAccountThatTheMachineDoesNotKnowIsThatOfTheVariable(
      String property, @Nullable String variable, String home) {
    assertThat(Main.homeOf(property, variable)).isEqualTo(home);
  }

  @Test
  void helpTeachesByExample() {
    assertThat(console.run("--help")).isEqualTo(ExitCodes.OK);
    assertThat(console.stdout()).contains("initrunner exec --host my-build-box -- uname -a");
  }

  @Test
  void theWordHelpIsTheOption() {
    assertThat(console.run("help")).isEqualTo(ExitCodes.OK);
    assertThat(console.run("help", "exec")).isEqualTo(ExitCodes.OK);
    assertThat(console.stdout())
        .contains("Usage: initrunner COMMAND", "Usage: initrunner exec ROLE");
  }

  @Test
  void helpOfAWordThatIsNoCommandSaysSo() {
    assertThat(console.run("help", "rnu")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.run("rnu", "--help")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.run("help", "audit", "exprot")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stdout()).isEmpty();
    assertThat(console.stderr())
        .isEqualTo(
            "initrunner: there is no command 'rnu'; did you mean run?\n"
                + "Try 'initrunner --help'.\n"
                + "initrunner: there is no command 'rnu'; did you mean run?\n"
                + "Try 'initrunner --help'.\n"
                + "initrunner: there is no command 'exprot'; did you mean export?\n"
                + "Try 'initrunner audit --help'.\n");
  }

  @Test
  void helpAndVersionAreCommands() {
    assertThat(console.run("help", "help")).isEqualTo(ExitCodes.OK);
    assertThat(console.run("-v", "help", "audit", "export")).isEqualTo(ExitCodes.OK);
    assertThat(console.run("version")).isEqualTo(ExitCodes.OK);
    assertThat(console.stdout())
        .contains(
            "Usage: initrunner help [COMMAND]",
            "Usage: initrunner audit export",
            "initrunner (not packaged)");
    assertThat(console.stderr()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "rnu                     | there is no command 'rnu'; did you mean run?        | --help",
        "rnu x                   | there is no command 'rnu'; did you mean run?        | --help",
        "rnu role.yaml -p Go     | there is no command 'rnu'; did you mean run?        | --help",
        "-v rnu                  | there is no command 'rnu'; did you mean run?        | --help",
        "qqqqqq                  | there is no command 'qqqqqq'; allowed is demo, init | --help",
        "audit verfy             | there is no command 'verfy'; did you mean verify?   | audit --help",
        "verfiy                  | there is no command 'verfiy'; did you mean audit ver| --help",
        "--host b exec -- true   | there is no option '--host'; write it behind the com| exec, ",
        "--jsn                   | there is no option '--jsn'                          | --help",
        "audit qqqqqq            | there is no command 'qqqqqq'; allowed is            | rotate",
        "audit                   | there is no command behind audit; allowed is        | rotate",
        "validate role.yaml b    | 'b' is one word too many                            | validate --help",
        "pending x               | 'x' is one word too many                            | pending --help",
        "run role.yaml --promt G | there is no option '--promt'; did you mean --prompt? | run --help",
        "run r.yaml --qqqqqq     | there is no option '--qqqqqq'                       | run --help",
      })
  void aMistypedWordIsSaidInOurOwnWordsWithTheNearest(String line, String said, String hint) {
    assertThat(console.run(line.split(" "))).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).startsWith("initrunner: " + said).contains(hint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "run                     | ROLE is missing; give the role: a YAML file, or a directory",
        "validate                | ROLE is missing; give the role: a YAML file, or a directory",
        "approve                 | RUN_ID is missing; give the id that initrunner pending shows",
        "run r.yaml -p           | -p has no value; write -p TEXT",
        "run r.yaml --prompt     | --prompt has no value; write --prompt=TEXT",
        "run r.yaml -p --dry-run | -p has no value; write -p TEXT",
        "run r.yaml -p x -p y    | -p may be given once",
        "run r.yaml -f xml       | -f: 'xml' is not a format; allowed is auto, text, json",
        "run r.yaml --dry-run=5  | --dry-run takes no value, got '5'",
        "exec --host -- true     | --host has no value; write --host=HOST",
        "exec --json=x -- true   | --json takes no value, got 'x'",
        "doctor --host           | --host has no value; write --host=HOST",
        "pending --limit x       | --limit: 'x' is not a number; allowed is a whole number, 1 or",
        "audit export --since    | --since has no value; write --since=TIME",
        "-v=x                    | -v takes no value, got 'x'",
      })
  void wrongUsageIsSaidInOurOwnWordsWithWhatIsAllowed(String line, String said) {
    assertThat(console.run(line.split(" "))).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr())
        .startsWith("initrunner: " + said)
        .contains("\nTry 'initrunner")
        .doesNotContainIgnoringCase("parameter", "Invalid value");
  }

  @Test
  void anOptionWithoutItsValueIsSaidWithWhatTheValueIs() {
    console.run("exec", "--host", "a", "--timeout", "--", "true");
    console.run("audit", "security-events", "--limit");
    assertThat(console.stderr())
        .contains("\nN: At most so many records, the newest, or all (default: 50).");
    assertThat(console.stderr()).contains("\nTIME: Stop the command after this long: 30s, 500ms,");
  }

  @ParameterizedTest
  @CsvSource({
    "exec --host a uname -n, true",
    "exec role.yaml ls --all, true",
    "jobs start --host a make -k, true",
    "exec --host a -n -- uname, false",
    "jobs list --host a -n, false",
  })
  void anOptionOfTheCommandThatIsToRunIsToldTheDashesInFrontOfIt(String line, boolean hinted) {
    assertThat(console.run(line.split(" "))).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).startsWith("initrunner: there is no option '-");
    assertThat(console.stderr().contains("\nIf it is the command's, write -- in front of"))
        .isEqualTo(hinted);
  }

  @ParameterizedTest
  @CsvSource({
    "run role.yaml Go, put -p in front of it",
    "run role.yaml Which tests fail, put -p in front of it",
    "run role.yaml -p Which tests fail, needs quotes",
    "run role.yaml --prompt=Which tests, needs quotes",
  })
  void aPromptThatIsNoOptionsValueIsAnsweredWithHowItIsGiven(String line, String hint) {
    assertThat(console.run(line.split(" "))).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains(hint);
  }

  @ParameterizedTest
  @CsvSource({
    "--help, COMMAND",
    "-h run, run [",
    "run -h, run [",
    "-h audit, audit [",
    "audit -h verify, audit verify",
    "-h audit verify, audit verify",
  })
  void helpIsThatOfTheLastCommandBeforeOrAfterTheOption(String line, String usage) {
    assertThat(console.run(line.split(" "))).isEqualTo(ExitCodes.OK);
    assertThat(console.stdout()).startsWith("Usage: initrunner " + usage);
  }

  @Test
  void theVersionNamesCommitRuntimeAndClient() {
    for (String asked : List.of("--version", "-V", "version")) {
      CapturedConsole each = CapturedConsole.of(Map.of());
      assertThat(each.run(asked)).isEqualTo(ExitCodes.OK);
      assertThat(each.stdout())
          .startsWith("initrunner ")
          .contains("\ncommit:  ", "\nruntime: Java " + System.getProperty("java.runtime.version"))
          .containsPattern("\nOpenSSH: .*/ssh\n")
          .hasLineCount(4);
    }
  }

  @Test
  void anUnknownOptionIsAUsageErrorWithTheNearestName() {
    assertThat(console.run("--verbos")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("--verbos").contains("--verbose", "initrunner --help");
    assertThat(console.stdout()).isEmpty();
  }

  @Test
  void aLogLevelThatIsNoneIsAUsageErrorWithTheAllowedOnes() {
    CapturedConsole noisy = CapturedConsole.of(Map.of("INITRUNNER_LOG_LEVEL", "LOUD"));
    assertThat(noisy.run()).isEqualTo(ExitCodes.USAGE);
    assertThat(noisy.stderr()).contains("INITRUNNER_LOG_LEVEL is 'LOUD'", "debug", "warning");
  }

  @Test
  void verboseSendsOurDebugLinesToStandardError() {
    assertThat(console.run("-v")).isEqualTo(ExitCodes.OK);
    System.getLogger("initrunner.sample").log(System.Logger.Level.DEBUG, "a detail");
    System.getLogger("other.library").log(System.Logger.Level.INFO, "a stranger's detail");
    assertThat(console.stderr()).isEqualTo("initrunner: a detail\n");
  }

  @Test
  void withoutVerboseOnlyWarningsAreSaid() {
    CapturedConsole quiet = CapturedConsole.of(Map.of("INITRUNNER_LOG_LEVEL", "warning"));
    quiet.run();
    System.getLogger("initrunner.sample").log(System.Logger.Level.INFO, "a detail");
    System.getLogger("initrunner.sample").log(System.Logger.Level.WARNING, "trouble");
    assertThat(quiet.stderr()).isEqualTo("initrunner: trouble\n");
  }
}
