package initrunner.launch;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpeningSinkTest {

  private final Captured captured = new Captured(100_000);
  private final OpeningSink sink = new OpeningSink(captured, Optional.of(Opening.OF_ALL));

  private void say(String text) {
    say(sink, text);
  }

  private static void say(OpeningSink sink, String text) {
    sink.stderr(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theOpeningIsTakenOffWhereverTheBytesAreCut() {
    String all = "noise of a login: é\n@initrunner-begin\nown\n@initrunner-begin\n";
    byte[] bytes = all.getBytes(StandardCharsets.UTF_8);
    for (byte one : bytes) {
      sink.stderr(ByteBuffer.wrap(new byte[] {one}));
    }
    assertThat(sink.isBegun()).isTrue();
    assertThat(captured.stderrText()).isEqualTo("noise of a login: é\nown\n@initrunner-begin\n");
  }

  @Test
  void onATerminalAPersonSeesWhatIsSaidBeforeIt() {
    Opening opening = new Opening("@initrunner-begin", MarkForm.SEQUENCE);
    OpeningSink terminal = new OpeningSink(captured, Optional.of(opening));
    say(terminal, "x".repeat(5000) + "\r\nqueued\r\n\033_@initr");
    assertThat(captured.stderrText()).endsWith("x\r\nqueued\r\n").hasSize(5010);
    assertThat(terminal.said()).endsWith("queued\r\n\033_@initr");
    say(terminal, "unner-begin\033\\own");
    assertThat(terminal.isBegun()).isTrue();
    assertThat(captured.stderrText()).endsWith("queued\r\nown").hasSize(5013);
  }

  @Test
  void whatIsSaidInsteadOfItIsKeptBack() {
    say("bwrap: Can't find source path /ü\n");
    assertThat(sink.isBegun()).isFalse();
    assertThat(sink.said()).isEqualTo("bwrap: Can't find source path /ü");
    assertThat(captured.stderrText()).isEmpty();
    sink.handOn();
    assertThat(captured.stderrText()).isEqualTo("bwrap: Can't find source path /ü\n");
  }

  @Test
  void muchBeforeTheOpeningIsNeitherLostNorOutOfOrder() {
    String noise = "x".repeat(10_000) + "\n";
    say(noise);
    say("@initrunner-");
    say("begin\nown");
    assertThat(captured.stderrText()).isEqualTo(noise + "own");
  }

  @Test
  void nothingNeedsToStandBeforeTheOpening() {
    say("@initrunner-begin\nown");
    assertThat(sink.isBegun()).isTrue();
    assertThat(captured.stderrText()).isEqualTo("own");
  }

  /// Of an endless noise the memory keeps its end, where the reason stands.
  @Test
  void noMoreIsKeptBackThanAProgramHasToSay() {
    say("x".repeat(10_000));
    say("bwrap: no");
    assertThat(sink.isBegun()).isFalse();
    assertThat(captured.stderrBytes()).isBetween(5_000L, 10_000L);
    assertThat(sink.said()).endsWith("bwrap: no");
    sink.handOn();
    assertThat(captured.stderrText()).isEqualTo("x".repeat(10_000) + "bwrap: no");
  }

  @Test
  void theShellWritesAnOpeningThatIsTakenOff() throws Exception {
    Process shell =
        new ProcessBuilder("sh", "-c", Opening.OF_ALL.script() + "; echo own >&2").start();
    sink.stderr(ByteBuffer.wrap(shell.getErrorStream().readAllBytes()));
    assertThat(sink.isBegun()).isTrue();
    assertThat(captured.stderrText()).isEqualTo("own\n");
  }

  @Test
  void whereNoneIsAwaitedAllIsHandedOnAtOnce() {
    OpeningSink open = new OpeningSink(captured, Optional.empty());
    open.stderr(ByteBuffer.wrap("own".getBytes(StandardCharsets.UTF_8)));
    assertThat(captured.stderrText()).isEqualTo("own");
    assertThat(open.isBegun()).isTrue();
  }
}
