package initrunner.door.acp;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.door.jsonrpc.Json;
import initrunner.tool.ToolCall;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShownCallTest {

  /// What is shown of a question about this call.
  private static String question(String code) {
    ToolCall call = new ToolCall("a", "run_python", Map.of("code", code));
    Json.Obj question =
        new ShownCall("1", call, Optional.empty(), "my-build-box", "my-build-box").question();
    return new String(question.bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void noLineOfAnArgumentPassesForAnotherArgument() {
    assertThat(question("safe()\nnote: harmless"))
        .contains("run_python on my-build-box:\\ncode:\\n  | safe()\\n  | note: harmless\\n```");
  }

  @Test
  void aCharacterThatIsNotSeenIsAnEscape() {
    assertThat(question("a\u202Eb\rc")).contains("code: a\\\\u202Eb\\\\x0Dc\\n");
  }

  @Test
  void theFenceIsLongerThanAnyInTheText() {
    assertThat(question("````")).contains("`````\\nrun_python", "code: ````\\n`````\"");
  }
}
