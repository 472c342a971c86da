package initrunner.runtime.output;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.text.SecretValues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedactedSinkTest {

  private static final SecretValues SECRETS =
      new SecretValues(
          List.of("hunter2", "hunter2-long", "abc", "-----BEGIN\nfirst-line-of-key\n"));

  private final Captured shown = new Captured(1000);
  private final RedactedSink sink = new RedactedSink(shown, SECRETS);

  private void stdout(List<String> parts) {
    parts.forEach(part -> sink.stdout(ByteBuffer.wrap(part.getBytes(StandardCharsets.ISO_8859_1))));
  }

  @Test
  void aSecretIsReplacedWhereverTheOutputIsCut() {
    String text = "<hunter2><hunter2-long>hunt<hunter2";
    for (int cut = 0; cut <= text.length(); cut++) {
      Captured each = new Captured(1000);
      RedactedSink redacted = new RedactedSink(each, SECRETS);
      for (String part : List.of(text.substring(0, cut), text.substring(cut))) {
        redacted.stdout(ByteBuffer.wrap(part.getBytes(StandardCharsets.UTF_8)));
      }
      redacted.finish();
      assertThat(each.stdoutText())
          .as("" + cut)
          .isEqualTo("<[REDACTED]><[REDACTED]>hunt<[REDACTED]");
    }
  }

  @Test
  void onlyWhatMayBeASecretIsHeldBack() {
    stdout(List.of("abc hunter"));
    assertThat(shown.stdoutText()).isEqualTo("abc ");

    stdout(List.of("s"));
    assertThat(shown.stdoutText()).isEqualTo("abc hunters");
  }

  @Test
  void aLineOfASecretIsReplacedToo() {
    stdout(List.of("1: first-line-", "of-key."));
    sink.finish();

    assertThat(shown.stdoutText()).isEqualTo("1: [REDACTED].");
  }

  @Test
  void theStreamsAreApart() {
    stdout(List.of("hun"));
    sink.stderr(ByteBuffer.wrap("ter2 hunter2".getBytes(StandardCharsets.UTF_8)));
    sink.finish();

    assertThat(shown.stdoutText()).isEqualTo("hun");
    assertThat(shown.stderrText()).isEqualTo("ter2 [REDACTED]");
  }
}
