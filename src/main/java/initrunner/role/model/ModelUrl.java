package initrunner.role.model;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/// The URL of a model's server: what it must be, and how it is shown. Stateless.
public final class ModelUrl {

  /// The scheme of one that is no URL before its variables are replaced.
  private static final String UNKNOWN = "unresolved";

  private ModelUrl() {}

  /// Of a text in which a variable may still stand as it is written.
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

  /// Whether a user or password stands in it, where every message would show them.
  public static boolean hasUser(URI url) {
    return url.getRawUserInfo() != null;
  }

  /// Whether it names a host that is spoken to in HTTP, with TLS or without.
  public static boolean isHttp(URI url) {
    return url.getScheme() != null
        && List.of("http", "https").contains(url.getScheme().toLowerCase(Locale.ROOT))
        && url.getHost() != null;
  }

  /// Whether it has a query or a fragment, behind which no path can be added.
  public static boolean hasQuery(URI url) {
    return url.getRawQuery() != null || url.getRawFragment() != null;
  }
}
