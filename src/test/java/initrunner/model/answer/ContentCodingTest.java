package initrunner.model.answer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ContentCodingTest {

  private static Optional<String> decoded(byte[] body, Map<String, List<String>> headers)
      throws IOException {
    Optional<InputStream> plain =
        ContentCoding.decoded(
            new ByteArrayInputStream(body), HttpHeaders.of(headers, (_, _) -> true));
    return plain.isEmpty()
        ? Optional.empty()
        : Optional.of(new String(plain.get().readAllBytes(), UTF_8));
  }

  @Test
  void whatAProxyHasCompressedIsReadAsItWas() throws Exception {
    byte[] plain = "It is 6.1 – done.".getBytes(UTF_8);
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(zipped)) {
      out.write(plain);
    }
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (OutputStream out = new DeflaterOutputStream(deflated)) {
      out.write(plain);
    }
    Map<String, byte[]> bodies =
        Map.of(
            "",
            plain,
            "identity",
            plain,
            " GZip ",
            zipped.toByteArray(),
            "x-gzip",
            zipped.toByteArray(),
            "deflate",
            deflated.toByteArray());
    for (Map.Entry<String, byte[]> body : bodies.entrySet()) {
      assertThat(decoded(body.getValue(), Map.of("content-encoding", List.of(body.getKey()))))
          .as(body.getKey())
          .contains("It is 6.1 – done.");
    }
    assertThat(decoded(plain, Map.of())).contains("It is 6.1 – done.");
    assertThat(decoded(plain, Map.of("Content-Encoding", List.of("br")))).isEmpty();
  }
}
