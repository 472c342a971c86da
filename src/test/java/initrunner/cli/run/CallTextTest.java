package initrunner.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.tool.ToolCall;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallTextTest {

  @Test
  void aCallWithoutArgumentsIsKnownByItsTool() {
    assertThat(CallText.summary(new ToolCall("a", "git_status", Map.of()))).isEqualTo("git_status");
    assertThat(CallText.summary(new ToolCall("a", "run_shell", Map.of("command", "id"))))
        .isEqualTo("id");
  }
}
