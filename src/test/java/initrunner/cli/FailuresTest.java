package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.run.RunRecord;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class FailuresTest {

  private static final String SAID = "hunter2 \u001b[2J";

  /// An error's own text may come from a host or a model, or hold a secret.
  @Test
  void anErrorOfThisProgramsOwnIsNamedWithoutWhatItSays() {
    IllegalStateException failure = new IllegalStateException(SAID, new RuntimeException(SAID));
    CapturedConsole console = CapturedConsole.of(Map.of());
    CommandLine command = new CommandLine(new Root().spec());

    int status =
        new Failures(console.console(), new Root())
            .handleExecutionException(failure, command, command.parseArgs());

    assertThat(status).isEqualTo(command.getCommandSpec().exitCodeOnExecutionException());
    assertThat(RunRecord.internal(failure)).isEqualTo("internal error: IllegalStateException");
    assertThat(console.stderr())
        .isEqualTo(
            "initrunner: internal error: IllegalStateException (-v in front of the command shows"
                + " what it says and where)\n");
  }
}
