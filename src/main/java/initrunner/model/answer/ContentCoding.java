package initrunner.model.answer;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/// Undoes the compression that some proxies add unasked. Stateless.
public final class ContentCoding {

  static final String FIELD = "Content-Encoding";

  private ContentCoding() {}

  /// The decoded body; empty if its coding is unknown. A compressed body blocks for its first
  /// bytes.
  public static Optional<InputStream> decoded(InputStream body, HttpHeaders headers)
      throws IOException {
    String coding = headers.firstValue(FIELD).orElse("identity").strip().toLowerCase(Locale.ROOT);
    return switch (coding) {
      case "", "identity" -> Optional.of(body);
      case "gzip", "x-gzip" -> Optional.of(new GZIPInputStream(body));
      case "deflate" -> Optional.of(new InflaterInputStream(body));
      default -> Optional.empty();
    };
  }
}
