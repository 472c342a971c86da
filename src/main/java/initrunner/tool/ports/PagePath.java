package initrunner.tool.ports;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/// What is asked of a server: a path, and the query behind it.
///
/// @param text as the model wrote it
record PagePath(String text) {

  private static final int HEX = 16;

  /// As a request has it: printable ASCII without the fragment, which no server gets.
  String sent() {
    StringBuilder encoded = new StringBuilder();
    for (byte each : withoutFragment().getBytes(StandardCharsets.UTF_8)) {
      if (each > 0) {
        encoded.append((char) each);
      } else {
        encoded.append("%%%02X".formatted(each & 0xFF));
      }
    }
    return encoded.toString();
  }

  /// The form with which rules are compared, too: no letter of the path is encoded, and no part of
  /// it is empty or made of dots.
  String plain() {
    String whole = withoutFragment();
    int query = whole.indexOf('?');
    return plainWithoutQuery() + (query < 0 ? "" : whole.substring(query));
  }

  String plainWithoutQuery() {
    String whole = withoutFragment();
    int query = whole.indexOf('?');
    String path = decoded(query < 0 ? whole : whole.substring(0, query));
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        var _ = parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    boolean isDirectory = path.endsWith("/") && !parts.isEmpty();
    return "/" + String.join("/", parts) + (isDirectory ? "/" : "");
  }

  private String withoutFragment() {
    int fragment = text.indexOf('#');
    return fragment < 0 ? text : text.substring(0, fragment);
  }

  private static String decoded(String path) {
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    for (int i = 0; i < bytes.length; i++) {
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], HEX) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], HEX) : -1;
      if (bytes[i] == '%' && high >= 0 && low >= 0) {
        plain.write(HEX * high + low);
        i += 2;
      } else {
        plain.write(bytes[i]);
      }
    }
    return plain.toString(StandardCharsets.UTF_8);
  }
}
