package initrunner.runtime.ports;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The status line and the fields of a server's answer in HTTP/1 (RFC 9112). Immutable.
///
/// @param fields by their names in lower case; of several with one name, the first
record PageHead(int status, String reason, Map<String, String> fields) {

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[0-9] ([1-5][0-9]{2})(?: (.*))?");
  private static final Pattern CHARSET =
      Pattern.compile("charset\\s*=\\s*\"?([A-Za-z0-9._:-]+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern TEXT =
      Pattern.compile("text/.*|.*[/+](json|xml|javascript|ecmascript|yaml|x-yaml|graphql|toml).*");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

  /// Reads a head.
  ///
  /// @param head as it came, without the empty line at its end
  /// @return empty if that is no answer in HTTP/1
  static Optional<PageHead> parse(String head) {
    List<String> lines = head.lines().toList();
    Matcher status = STATUS.matcher(lines.isEmpty() ? "" : lines.getFirst());
    if (!status.matches()) {
      return Optional.empty();
    }
    Map<String, String> fields = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.putIfAbsent(
            line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
            line.substring(colon + 1).strip());
      }
    }
    String reason = Optional.ofNullable(status.group(2)).orElse("").strip();
    return Optional.of(new PageHead(Integer.parseInt(status.group(1)), reason, fields));
  }

  Optional<String> field(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  /// Whether another answer follows this one.
  boolean isInterim() {
    return status < 200;
  }

  boolean hasNoBody() {
    return isInterim() || status == 204 || status == 304;
  }

  boolean isRedirect() {
    return status >= 300 && status < 400 && field("location").isPresent();
  }

  boolean isChunked() {
    return field("transfer-encoding")
        .filter(coding -> coding.toLowerCase(Locale.ROOT).endsWith("chunked"))
        .isPresent();
  }

  OptionalLong length() {
    return field("content-length")
        .filter(digits -> DIGITS.matcher(digits).matches())
        .map(digits -> OptionalLong.of(Long.parseLong(digits)))
        .orElse(OptionalLong.empty());
  }

  /// The media type in lower case, without its parameters; empty if the server does not say.
  String type() {
    return field("content-type")
        .map(type -> type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
        .orElse("");
  }

  /// Whether the body can be shown as text.
  boolean isText() {
    boolean isPlain = field("content-encoding").filter(c -> !c.equals("identity")).isEmpty();
    return isPlain && (type().isEmpty() || TEXT.matcher(type()).matches());
  }

  /// How the body's text is encoded; UTF-8 where the server does not say.
  Charset charset() {
    Matcher named = CHARSET.matcher(field("content-type").orElse(""));
    try {
      return named.find() ? Charset.forName(named.group(1)) : StandardCharsets.UTF_8;
    } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
      return StandardCharsets.UTF_8;
    }
  }
}
