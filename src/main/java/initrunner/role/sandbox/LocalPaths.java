package initrunner.role.sandbox;

import initrunner.schema.type.Decoding;
import initrunner.schema.yaml.YamlValue;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Paths of this machine whose files a role lets leave it, or lets a host or a model change. A
/// leading `~/` is the user's home; a relative path is relative to the role's directory. Stateless;
/// reads the file system.
public final class LocalPaths {

  /// Keys: nothing of these leaves this machine.
  static final List<String> KEYS = List.of("~/.ssh", "~/.gnupg");

  /// What this program keeps.
  static final String OWN = "~/.initrunner";

  private LocalPaths() {}

  /// The path that a role writes; empty if it cannot be one, which is a fault.
  ///
  /// @param allowed for the message
  public static Optional<Path> of(String text, YamlValue yaml, Decoding decoding, String allowed) {
    boolean isHome = text.equals("~");
    if (text.startsWith("~") && !text.startsWith("~/") && !isHome) {
      return decoding.refuse(
          yaml, "begins with ~", allowed, "write ~/ for your home, or the whole path");
    }
    try {
      return Optional.of(decoding.resolve(isHome ? "~/" : text));
    } catch (InvalidPathException e) {
      return decoding.refuse(yaml, "is no path of this machine", allowed, "");
    }
  }

  /// The path without links; itself where nothing is there.
  public static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException missing) {
      return path.normalize();
    }
  }

  /// Whether a directory is, or holds, the home directory.
  static boolean holdsHome(Path real, Decoding decoding) {
    return real(decoding.resolve("~/")).startsWith(real);
  }
}
