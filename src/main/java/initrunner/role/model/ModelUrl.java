package initrunner.role.model;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/// The URL of a model's server: its rules, and how messages show it. Stateless.
public final class ModelUrl {

  /// The scheme for a text that is no URL before its variables are replaced.
  private static final String UNKNOWN = "unresolved";

  private ModelUrl() {}

  /// The URL of a text whose variables may not be replaced yet.
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

  /// The text in the role.
  public static String shown(URI url) {
    return UNKNOWN.equals(url.getScheme())
        ? url.getSchemeSpecificPart()
        : url.toString().replace("%7B", "{").replace("%7D", "}");
  }

  /// Whether it holds a user or password, which every message would show.
  public static boolean hasUser(URI url) {
    return url.getRawUserInfo() != null;
  }

  /// Whether it is an `http` or `https` address with a host.
  public static boolean isHttp(URI url) {
    return url.getScheme() != null
        && List.of("http", "https").contains(url.getScheme().toLowerCase(Locale.ROOT))
        && url.getHost() != null;
  }

  /// Whether it has a query or a fragment, after which no path can be added.
  public static boolean hasQuery(URI url) {
    return url.getRawQuery() != null || url.getRawFragment() != null;
  }
}
