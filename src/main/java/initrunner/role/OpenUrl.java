package initrunner.role;

import java.net.URI;

/// URLs in which a variable may still stand as it is written.
final class OpenUrl {

  private OpenUrl() {}

  static URI of(String text) {
    return URI.create(text.replace("{", "%7B").replace("}", "%7D"));
  }

  /// As it is written in the role.
  static String shown(URI url) {
    return url.toString().replace("%7B", "{").replace("%7D", "}");
  }
}
