package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LogEndsTest {

  private static final LogEnds ENDS =
      LogEnds.ofNewLog()
          .with(Chain.EVENTS, new LogEnds.Ends(7, "ab".repeat(32), Long.MAX_VALUE, "cd".repeat(32)))
          .with(Chain.NOTES, new LogEnds.Ends(0, "", 3, LogEnds.Ends.CUT))
          .withUnsigned(Chain.RUNS, new LogEnds.Ends(-6, "", 2, "ef".repeat(32)));

  @Test
  void theirTextIsReadBack() {
    assertThat(LogEnds.parse(ENDS.text())).contains(ENDS);
    assertThat(LogEnds.parse(LogEnds.ofNewLog().text())).isPresent();
  }

  @Test
  void noOtherTextIsTakenForOne() {
    Random random = new Random(1);
    String text = ENDS.text();
    for (int i = 0; i < 2000; i++) {
      int at = random.nextInt(text.length());
      String other =
          switch (random.nextInt(3)) {
            case 0 -> text.substring(0, at);
            case 1 -> text.substring(0, at) + text.substring(at + 1);
            default ->
                text.substring(0, at) + " \n-x9".charAt(random.nextInt(5)) + text.substring(at + 1);
          };
      LogEnds.parse(other).ifPresent(read -> assertThat(read.text()).isEqualTo(other));
    }
  }
}
