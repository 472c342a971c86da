package initrunner.cli.report;

import initrunner.text.PackagedText;
import initrunner.text.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/// The page as HTML: one file with its script, its style and its data. The only script and style
/// that a browser takes from it are these, and it asks for nothing from a network. Stateless.
final class ReportPage {

  /// Near the beginning of each page.
  static final String SIGN = "<meta name=\"generator\" content=\"initrunner report\">";

  private ReportPage() {}

  /// @param data JSON, compressed
  static String html(byte[] data) {
    String style = PackagedText.read(ReportPage.class, "page.css");
    String script = PackagedText.read(ReportPage.class, "page.js");
    List<String> parts =
        List.of(PackagedText.read(ReportPage.class, "page.html").split("@[a-z]+@", -1));
    return String.join(
        "",
        parts.get(0),
        policy(style, script),
        parts.get(1),
        style,
        parts.get(2),
        Base64.getEncoder().encodeToString(data),
        parts.get(3),
        script,
        parts.get(4));
  }

  private static String policy(String style, String script) {
    return "default-src 'none'; script-src '"
        + digest(script)
        + "'; style-src '"
        + digest(style)
        + "'; base-uri 'none'; form-action 'none'";
  }

  private static String digest(String text) {
    byte[] sum = Sha256.digest().digest(text.getBytes(StandardCharsets.UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(sum);
  }
}
