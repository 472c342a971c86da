package initrunner.door.codex;

import initrunner.door.jsonrpc.RpcException;
import initrunner.text.SafeText;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Absolute paths as `file:` URIs (RFC 8089), as the protocol writes them. Stateless.
final class FileUri {

  private static final String SCHEME = "file://";
  private static final String PLAIN = "-._~/!$&'()*+,;=:@";

  private FileUri() {}

  /// The path of a URI.
  ///
  /// @throws RpcException if it is none of this machine, or its path is not UTF-8 or has a NUL
  static String path(String uri) throws RpcException {
    String rest = uri.startsWith(SCHEME) ? uri.substring(SCHEME.length()) : "";
    if (!rest.startsWith("/")) {
      throw wrong(uri);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] text = rest.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < text.length; at++) {
      if (text[at] == 0) {
        throw wrong(uri);
      }
      if (text[at] != '%') {
        bytes.write(text[at]);
      } else {
        int high = at + 2 < text.length ? Character.digit(text[at + 1], 16) : -1;
        int low = at + 2 < text.length ? Character.digit(text[at + 2], 16) : -1;
        if (high < 0 || low < 0 || high + low == 0) {
          throw wrong(uri);
        }
        bytes.write(high * 16 + low);
        at += 2;
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw wrong(uri);
    }
  }

  /// The URI of an absolute path.
  static String of(String path) {
    return SCHEME + encoded(path);
  }

  static String encoded(String path) {
    StringBuilder uri = new StringBuilder();
    for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (each & 0xff);
      boolean isPlain = c < 128 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0);
      if (isPlain) {
        uri.append(c);
      } else {
        uri.append('%')
            .append(Character.toUpperCase(Character.forDigit(each >> 4 & 15, 16)))
            .append(Character.toUpperCase(Character.forDigit(each & 15, 16)));
      }
    }
    return uri.toString();
  }

  private static RpcException wrong(String uri) {
    return RpcException.invalidParams(
        "'"
            + SafeText.cut(SafeText.oneLine(uri), 200)
            + "' is no path; paths are absolute and written as file:///srv/work");
  }
}
