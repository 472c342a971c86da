package initrunner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.model.ToolRequest;
import initrunner.tool.ToolCall;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToolBridgeTest {

  @Test
  void aJsonObjectBecomesTheCallsArguments() {
    assertThat(
            bridge(
                "{\"command\":\"uname -a\",\"n\":3,\"x\":0.5,\"y\":true,\"l\":[1,{\"a\":\"b\"}]}"))
        .isEqualTo(
            new ToolBridge.Bridged.Call(
                new ToolCall(
                    "id",
                    "run_shell",
                    Map.of(
                        "command",
                        "uname -a",
                        "n",
                        3,
                        "x",
                        0.5,
                        "y",
                        true,
                        "l",
                        List.of(1, Map.of("a", "b"))))));
  }

  @Test
  void noArgumentsAtAllAreAnEmptyObject() {
    for (String none : List.of("", "  ", "{}", "null")) {
      assertThat(bridge(none))
          .as(none)
          .isEqualTo(new ToolBridge.Bridged.Call(new ToolCall("id", "run_shell", Map.of())));
    }
  }

  @Test
  void anArgumentThatIsNullWasNotGiven() {
    assertThat(bridge("{\"command\":null,\"l\":[null,1]}"))
        .isEqualTo(
            new ToolBridge.Bridged.Call(new ToolCall("id", "run_shell", Map.of("l", List.of(1)))));
  }

  @Test
  void whatIsNestedDeeperThanAnyToolTakesIsMalformed() {
    for (int levels : List.of(40, 900, 100_000)) {
      assertThat(malformed("{\"command\":" + "[".repeat(levels) + "]".repeat(levels) + "}"))
          .contains("nesting depth");
      assertThat(malformed("{\"a\":".repeat(levels) + "1" + "}".repeat(levels)))
          .contains("nesting depth");
    }
  }

  @Test
  void whatIsNoObjectIsExplainedToTheModel() {
    assertThat(malformed("[1]")).contains("they are a list");
    assertThat(malformed("\"uname\"")).contains("they are a string");
    assertThat(malformed("42")).contains("they are a number");
    assertThat(malformed("false")).contains("they are a boolean");
    assertThat(malformed("{} {}")).contains("something follows the object");
  }

  @Test
  void brokenJsonIsExplainedWithItsPlace() {
    for (String broken :
        List.of(
            "{\"command\": \"una",
            "{\"command\" \"uname\"}",
            "{command: 1}",
            "uname -a",
            "{\"command\":\"a\",\"command\":\"b\"}",
            "{\"a\":".repeat(5000))) {
      assertThat(malformed(broken))
          .startsWith("Error: the arguments are not a JSON object: ")
          .contains("Nothing was run.");
    }
    assertThat(malformed("{\"command\" \"uname\"}")).contains("(line 1, column 12)");
  }

  private static ToolBridge.Bridged bridge(String arguments) {
    return ToolBridge.bridge(new ToolRequest("id", "run_shell", arguments));
  }

  private static String malformed(String arguments) {
    return switch (bridge(arguments)) {
      case ToolBridge.Bridged.Malformed(String reason) -> reason;
      case ToolBridge.Bridged.Call call -> throw new AssertionError(call);
    };
  }
}
