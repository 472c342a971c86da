package initrunner.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Ended;
import initrunner.tool.CallEnd;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class EndLineTest {

  private static String line(Status status, Optional<Ended> ended) {
    return EndLine.of(new CallEnd(new ToolResult("c1", "text", status), ended), "a (one)");
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"REFUSED", "DENIED", "INVALID", "NOT_STARTED"})
  void itSaysThatNoCommandRanWhereNoneDid(Status status) {
    assertThat(line(status, Optional.empty())).startsWith("[no command ran on a (one): ");
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"REFUSED", "DENIED", "INVALID", "NOT_STARTED"})
  void itDoesNotSaySoWhereOneMayHaveRun(Status status) {
    assertThat(line(status, Optional.empty())).endsWith("; the tools act on a (one)]");
  }

  @Test
  void itSaysHowACommandEnded() {
    assertThat(line(Status.FAILED, Optional.of(new Ended.Exited(3))))
        .isEqualTo("[exit 3 on a (one): exited]");
  }
}
