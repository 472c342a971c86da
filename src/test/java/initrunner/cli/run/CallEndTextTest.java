package initrunner.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallEndTextTest {

  @Test
  void besideTheTextOfAResultItsReasonIsNotSaidAgain() {
    assertThat(CallText.brief(new ToolResult("c1", "Error: no route.", Status.NOT_STARTED)))
        .isEqualTo("not started");
    assertThat(CallText.brief(new ToolResult("c1", "Exit code: 3", Status.FAILED)))
        .isEqualTo("exit 3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SUCCEEDED | STDOUT:~on | exit 0",
        "SUCCEEDED | On gpu (box):~STDOUT:~x | exit 0",
        "FAILED | Exit code: 3~STDERR:~x | exit 3",
        "FAILED | On gpu (box):~Exit code: 3~x | exit 3",
        "NOT_STARTED | On down (box):~Error: no route. | no route",
        "FAILED | == 1 of 2 hosts: stage (stage)~ok~== 1 host, exited with 3: build (build)~no"
            + " | 1 host, exited with 3: build (build)",
        "LOST | == 1 host, lost: a~x~== 1 host, exited with 3: b | 1 host, lost: a; 1 host, exited"
            + " with 3: b",
        "FAILED | Error: a file is there; replace it. | a file is there; replace it",
        "SUCCEEDED | On gpu (box):~Job 0123456789ab (work) runs on gpu (box). It goes on."
            + " | Job 0123456789ab (work) runs",
        "SUCCEEDED | Terminal t0a1f is running; the cursor is in line 1. | Terminal t0a1f is running",
        "SUCCEEDED | On gpu (box):~Terminal t0a1f has ended with exit code 127; x | Terminal t0a1f has"
            + " ended with exit code 127",
      })
  void theEndIsSaidWithoutWhereItWas(Status status, String text, String end) {
    assertThat(CallText.end(new ToolResult("c1", text.replace('~', '\n'), status))).isEqualTo(end);
  }
}
