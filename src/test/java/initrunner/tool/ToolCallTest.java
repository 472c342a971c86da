package initrunner.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ToolCallTest {

  @Test
  void aCallWithoutArgumentsIsKnownByItsTool() {
    assertThat(new ToolCall("a", "git_status", Map.of()).summary()).isEqualTo("git_status");
    assertThat(new ToolCall("a", "run_shell", Map.of("command", "id")).summary()).isEqualTo("id");
  }
}
