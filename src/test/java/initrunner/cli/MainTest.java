package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.ExitCodes;
import java.util.Map;
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "rnu                       | there is no command 'rnu'        | did you mean run?",
        "rnu x                     | there is no command 'rnu'        | did you mean run?",
        "rnu role.yaml -p Go       | there is no command 'rnu'        | did you mean run?",
        "-v rnu                    | there is no command 'rnu'        | did you mean run?",
        "qqqqqq                    | there is no command 'qqqqqq'     | Try 'initrunner --help'.",
        "audit verfy               | there is no command 'verfy'      | did you mean verify?",
        "validate role.yaml b.yaml | 'b.yaml' is one word too many    | validate --help'.",
        "pending x                 | 'x' is one word too many         | pending --help'.",
        "run role.yaml --promt Go  | there is no option '--promt'     | --prompt",
      })
  void aMistypedWordIsSaidInOurOwnWordsWithTheNearest(String line, String said, String hint) {
    assertThat(console.run(line.split(" "))).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).startsWith("initrunner: " + said + "\n").contains(hint);
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

  @Test
  void theVersionIsOneLine() {
    assertThat(console.run("--version")).isEqualTo(ExitCodes.OK);
    assertThat(console.stdout()).startsWith("initrunner ").hasLineCount(1);
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
    assertThat(noisy.stderr()).contains("INITRUNNER_LOG_LEVEL is 'LOUD'", "DEBUG", "WARNING");
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
