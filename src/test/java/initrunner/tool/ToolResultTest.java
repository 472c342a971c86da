package initrunner.tool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ToolResultTest {

  private static ToolResult of(String text) {
    return new ToolResult("c1", text, ToolResult.Status.CANCELLED);
  }

  @Test
  void thePlaceInFrontOfAnAnswerIsNoLineOfIt() {
    ToolResult placed = of("On gpu (box):\nThe command was stopped.\nMore.");
    assertThat(placed.place()).contains("gpu (box)");
    assertThat(placed.firstLine()).isEqualTo("The command was stopped.");

    assertThat(of("STDOUT:\nOn gpu (box):").place()).isEmpty();
    assertThat(of("STDOUT:\nOn gpu (box):").firstLine()).isEqualTo("STDOUT:");
    assertThat(of("").firstLine()).isEmpty();
  }
}
