package initrunner.role.sandbox;

import initrunner.text.FileFailure;
import initrunner.text.RegularFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The programs and files of this machine that an ssh configuration makes ssh start, load or read.
/// Reads the text only. Stateless.
public final class SshPrograms {

  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_SHOWN = 20;

  private SshPrograms() {}

  /// Each with its line, in the file's order, and what was not examined. Blocks on the file system
  /// only.
  public static List<String> in(Path file) {
    byte[] bytes;
    try {
      bytes = RegularFile.bytes(file, MOST_BYTES);
    } catch (IOException e) {
      return List.of("unknown programs, as the file cannot be read (" + reason(e) + ")");
    }
    List<String> found = new ArrayList<>();
    // A carriage return ends no line for ssh.
    String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
    for (int i = 0; i < lines.length && found.size() <= MOST_SHOWN; i++) {
      String what = what(lines[i].strip());
      if (!what.isEmpty()) {
        found.add(found.size() < MOST_SHOWN ? what + " (line " + (i + 1) + ")" : "and more");
      }
    }
    if (bytes.length > MOST_BYTES) {
      found.add("what follows its first MiB, which is not examined");
    }
    return found;
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException ? "it is missing" : FileFailure.reason(e);
  }

  /// Blanks or an equals sign end a keyword, which may have quotes. For ssh a carriage return is a
  /// blank.
  private static String what(String line) {
    int end = 0;
    while (end < line.length() && " \t\r=\"".indexOf(line.charAt(end)) < 0) {
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
      case "pkcs11provider", "smartcarddevice" -> isNone(rest) ? "" : "PKCS11Provider";
      case "securitykeyprovider" -> isNone(rest) ? "" : "SecurityKeyProvider";
      case "xauthlocation" -> "XAuthLocation";
      case "proxyjump" -> isNone(rest) ? "" : "ProxyJump";
      case "include" -> "Include, whose files are not examined";
      case "sendenv" -> "SendEnv, which hands variables of this machine to the host";
      case "forwardagent" -> isNo(rest) ? "" : "ForwardAgent";
      default -> "";
    };
  }

  /// Quotes are part of a command: a program may be named so.
  private static boolean isNone(String rest) {
    String value = value(rest);
    return value.isEmpty() || value.equals("none");
  }

  private static boolean isNo(String rest) {
    return List.of("", "no", "false").contains(value(rest).replace("\"", ""));
  }

  private static String value(String rest) {
    return rest.replaceFirst("^\"?[\\s=]*", "").strip();
  }
}
