package initrunner.transfer.tree;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// The name of a file below the root of a tree, as a system has it: bytes, of which `/` separates
/// the parts. Immutable; in the order of its bytes, so that a directory comes before what is in it.
///
/// @param bytes one character for each byte (ISO 8859-1); no part is empty, `.` or `..`, and none
///   holds a NUL
public record TreePath(String bytes) implements Comparable<TreePath> {

  private static final int MOST_BYTES = 4096;
  private static final String HEX = "0123456789ABCDEF";

  public TreePath {
    if (!isName(bytes)) {
      throw new IllegalArgumentException("not the name of a file below a root");
    }
  }

  /// The path of a name that a system gave; empty if it leads out of its root or is no name.
  public static Optional<TreePath> of(String bytes) {
    return isName(bytes) ? Optional.of(new TreePath(bytes)) : Optional.empty();
  }

  /// The path of a text, in UTF-8.
  ///
  /// @throws IllegalArgumentException if it leads out of its root or is no name
  public static TreePath ofText(String text) {
    return new TreePath(latin(text));
  }

  /// A text's bytes in UTF-8, one character each.
  public static String latin(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static boolean isName(String bytes) {
    if (bytes.isEmpty() || bytes.length() > MOST_BYTES) {
      return false;
    }
    int begin = 0;
    for (int i = 0; i <= bytes.length(); i++) {
      char c = i == bytes.length() ? '/' : bytes.charAt(i);
      if (c == 0 || c > 0xFF) {
        return false;
      }
      if (c == '/') {
        if (!isPart(bytes, begin, i)) {
          return false;
        }
        begin = i + 1;
      }
    }
    return true;
  }

  private static boolean isPart(String bytes, int begin, int end) {
    return switch (end - begin) {
      case 0 -> false;
      case 1 -> bytes.charAt(begin) != '.';
      case 2 -> bytes.charAt(begin) != '.' || bytes.charAt(begin + 1) != '.';
      default -> true;
    };
  }

  /// The last part of a local path, byte by byte.
  public static String nameOf(Path file) {
    return bytesOf(file.getFileName());
  }

  /// A local path, byte by byte. One that is not in ASCII is asked for in the form of a URI, which
  /// is the only one that keeps bytes that are no characters.
  public static String bytesOf(Path path) {
    String text = path.toString();
    if (isPlain(text)) {
      return text;
    }
    String uri = Path.of("/").resolve(path).toUri().getRawPath();
    int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
    return decoded(uri.substring(path.isAbsolute() ? 0 : 1, end));
  }

  /// A local path of these bytes.
  public static Path path(String bytes) {
    if (isPlain(bytes)) {
      return Path.of(bytes);
    }
    Path absolute = Path.of(URI.create("file:///" + encoded(bytes)));
    return bytes.startsWith("/") ? absolute : absolute.subpath(0, absolute.getNameCount());
  }

  private static String encoded(String bytes) {
    StringBuilder uri = new StringBuilder();
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      if (c == '/' || (c < 0x7F && Character.isLetterOrDigit(c))) {
        uri.append(c);
      } else {
        uri.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
      }
    }
    return uri.toString();
  }

  private static String decoded(String uri) {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < uri.length(); i++) {
      if (uri.charAt(i) == '%') {
        bytes.append((char) Integer.parseInt(uri, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.append(uri.charAt(i));
      }
    }
    return bytes.toString();
  }

  private static boolean isPlain(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c < 0x7F);
  }

  /// The local path of this name below a root.
  public Path in(Path root) {
    return root.resolve(path(bytes));
  }

  /// The directory that it is in; empty for one in the root itself.
  public Optional<TreePath> parent() {
    int slash = bytes.lastIndexOf('/');
    return slash < 0 ? Optional.empty() : Optional.of(new TreePath(bytes.substring(0, slash)));
  }

  /// Its first part, which is in the root.
  public TreePath top() {
    int slash = bytes.indexOf('/');
    return slash < 0 ? this : new TreePath(bytes.substring(0, slash));
  }

  /// Its last part.
  public String name() {
    return bytes.substring(bytes.lastIndexOf('/') + 1);
  }

  /// A name in this directory.
  public TreePath child(String name) {
    return new TreePath(bytes + "/" + name);
  }

  public boolean isBelow(TreePath directory) {
    return bytes.length() > directory.bytes.length()
        && bytes.startsWith(directory.bytes)
        && bytes.charAt(directory.bytes.length()) == '/';
  }

  /// The name for a person, not yet safe for a terminal.
  public String text() {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /// Whether the bytes are a text in UTF-8, so that an argument can say them.
  public boolean isText() {
    return latin(text()).equals(bytes);
  }

  /// The first name that can be below this directory, in the order of [#compareTo]; all that are
  /// follow it without others between them.
  public TreePath firstBelow() {
    return new TreePath(bytes + "/\u0001");
  }

  @Override
  public int compareTo(TreePath other) {
    return bytes.compareTo(other.bytes);
  }

  @Override
  public String toString() {
    return text();
  }
}
