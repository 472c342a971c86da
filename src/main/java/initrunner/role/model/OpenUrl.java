package initrunner.role.model;

import java.net.URI;
import java.net.URISyntaxException;

/// URLs in which a variable may still stand as it is written.
public final class OpenUrl {

  /// The scheme of one that is no URL before its variables are replaced.
  private static final String UNKNOWN = "unresolved";

  private OpenUrl() {}

  static URI of(String text) {
    try {
      return new URI(text.replace("{", "%7B").replace("}", "%7D"));
    } catch (URISyntaxException variablesMakeItOne) {
      return unresolved(text);
    }
  }

  private static URI unresolved(String text) {
    try {
      return new URI(UNKNOWN, text, null);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /// As it is written in the role.
  public static String shown(URI url) {
    return UNKNOWN.equals(url.getScheme())
        ? url.getSchemeSpecificPart()
        : url.toString().replace("%7B", "{").replace("%7D", "}");
  }
}
