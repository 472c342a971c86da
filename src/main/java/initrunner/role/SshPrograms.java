package initrunner.role;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What an ssh configuration has ssh start, load or read on this machine. Looks at the text alone.
/// Stateless.
final class SshPrograms {

  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_SHOWN = 20;

  private SshPrograms() {}

  /// Each with its line, in the file's order. Blocks on the file system only.
  static List<String> in(Path file) {
    List<String> found = new ArrayList<>();
    List<String> lines = text(file).lines().toList();
    for (int i = 0; i < lines.size() && found.size() <= MOST_SHOWN; i++) {
      String what = what(lines.get(i).strip());
      if (!what.isEmpty()) {
        found.add(found.size() < MOST_SHOWN ? what + " (line " + (i + 1) + ")" : "and more");
      }
    }
    return found;
  }

  private static String text(Path file) {
    if (!Files.isRegularFile(file)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /// A keyword is followed by blanks or an equals sign, and may stand in quotes.
  private static String what(String line) {
    int end = 0;
    while (end < line.length() && " \t=\"".indexOf(line.charAt(end)) < 0) {
      end++;
    }
    int start = end == 0 && line.startsWith("\"") ? 1 : 0;
    if (start == 1) {
      end = Math.max(start, line.indexOf('"', start));
    }
    String keyword = line.substring(start, end).toLowerCase(Locale.ROOT);
    String rest = line.substring(end).toLowerCase(Locale.ROOT);
    return switch (keyword) {
      case "proxycommand" -> isNone(rest) ? "" : "ProxyCommand";
      case "knownhostscommand" -> isNone(rest) ? "" : "KnownHostsCommand";
      case "match" -> rest.contains("exec") ? "Match exec" : "";
      case "localcommand" -> "LocalCommand, which initrunner switches off";
      case "pkcs11provider" -> isNone(rest) ? "" : "PKCS11Provider";
      case "securitykeyprovider" -> isNone(rest) ? "" : "SecurityKeyProvider";
      case "xauthlocation" -> "XAuthLocation";
      case "proxyjump" -> isNone(rest) ? "" : "ProxyJump";
      case "include" -> "Include, whose files are not looked at here";
      case "sendenv" -> "SendEnv, which hands variables of this machine to the host";
      case "forwardagent" -> rest.contains("yes") ? "ForwardAgent" : "";
      default -> "";
    };
  }

  private static boolean isNone(String rest) {
    String value = rest.replace("=", " ").replace("\"", " ").strip();
    return value.isEmpty() || value.equals("none");
  }
}
