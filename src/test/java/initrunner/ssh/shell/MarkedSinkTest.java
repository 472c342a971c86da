package initrunner.ssh.shell;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MarkedSinkTest {

  private static final String MARK = "@mark";

  private final Captured behind = new Captured(1000);
  private final MarkedSink sink = MarkedSink.onBoth(MARK, behind);

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatStandsBeforeTheMarkIsDroppedOnEachStreamByItself() {
    sink.stdout(bytes("Welcome!\n" + MARK + "\nout"));
    sink.stderr(bytes("oops\n"));
    sink.stderr(bytes(MARK + "\nerr"));
    assertThat(behind.stdoutText()).isEqualTo("out");
    assertThat(behind.stderrText()).isEqualTo("err");
  }

  @Test
  void whereTheOtherStreamHasNoMarkAllOfItPasses() {
    MarkedSink onStdout = MarkedSink.onStdout(MARK, behind);
    onStdout.stderr(bytes("err"));
    assertThat(onStdout.begun()).isFalse();
    onStdout.stdout(bytes("Welcome!\n" + MARK + "\n"));
    assertThat(onStdout.begun()).isTrue();
    assertThat(behind.stderrText()).isEqualTo("err");
    assertThat(behind.stdoutBytes()).isZero();
  }

  @Test
  void aMarkMayComeInPieces() {
    for (char c : ("noise@mar" + MARK + "\nout" + MARK + "\n").toCharArray()) {
      sink.stdout(bytes(String.valueOf(c)));
    }
    assertThat(behind.stdoutText()).isEqualTo("out" + MARK + "\n");
  }

  @Test
  void noiseWithoutALineEndHidesNothing() {
    sink.stdout(bytes("prompt> " + MARK + "\nout"));
    assertThat(behind.stdoutText()).isEqualTo("out");
  }

  @Test
  void aCommandThatTheShellRefusesHasNotBegun() {
    sink.stdout(bytes("noise " + MARK + " ref"));
    assertThat(sink.refused()).isFalse();
    sink.stdout(bytes("used\n"));
    assertThat(sink.refused()).isTrue();
    assertThat(sink.begun()).isFalse();
    assertThat(behind.stdoutBytes()).isZero();
  }

  @Test
  void aCommandThatPrintsTheWordsOfARefusalIsNotRefused() {
    sink.stdout(bytes(MARK + "\n" + MARK + " refused\n"));
    assertThat(sink.begun()).isTrue();
    assertThat(sink.refused()).isFalse();
  }

  @Test
  void withoutAMarkNothingPasses() {
    sink.stdout(bytes("only noise " + MARK));
    assertThat(behind.stdoutBytes()).isZero();
  }
}
