package initrunner.role.model;

import java.net.URI;
import java.util.List;
import java.util.Locale;

/// What the URL of a model's server must be, whether the role or a variable holds it. Stateless.
public final class ModelUrl {

  private ModelUrl() {}

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
