package initrunner.role.file;

import initrunner.schema.ConfigException;
import initrunner.schema.ConfigFault;
import initrunner.schema.yaml.YamlTree;
import initrunner.text.Nearest;
import initrunner.text.RegularFile;
import initrunner.text.SafeText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads a role file as text that YAML allows.
public final class RoleText {

  public static final int MOST_BYTES = 1 << 20;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private static final String UNREADABLE =
      "is in a directory whose name cannot be read in the locale's encoding, "
          + System.getProperty("native.encoding")
          + "; set LC_ALL=C.UTF-8";

  private RoleText() {}

  /// The characters of a file.
  ///
  /// @throws ConfigException with the one fault that keeps the file from being read
  public static String read(Path file) {
    return text(file, bytes(file));
  }

  /// The characters of a file of these bytes.
  ///
  /// @throws ConfigException with the one fault that keeps them from being a role's
  static String text(Path file, byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      throw whole(file, "is larger than 1 MiB; a role is a short text, check that this is one");
    }
    String text = decode(file, bytes);
    if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
      text = text.substring(1);
    }
    refuseUnprintable(file, text);
    return text;
  }

  /// The bytes of a file: at most one more than a role may have.
  ///
  /// @throws ConfigException with the one fault that keeps the file from being read
  static byte[] bytes(Path file) {
    try {
      if (file.toString().isEmpty()) {
        throw whole(file, "is no name of a file; name a role file");
      }
      if (Files.isDirectory(file)) {
        throw whole(file, "is a directory; " + roleIn(file));
      }
      return RegularFile.bytes(file, MOST_BYTES);
    } catch (RegularFile.NotRegularException e) {
      throw whole(file, e.getReason() + "; put a regular file there");
    } catch (NoSuchFileException e) {
      throw whole(file, isReadable(file) ? "does not exist; " + neighbour(file) : UNREADABLE);
    } catch (AccessDeniedException e) {
      throw whole(file, "may not be read; check its owner and mode");
    } catch (IOException e) {
      throw whole(file, "cannot be read (" + e.getMessage() + "); check the path");
    }
  }

  /// The JVM puts U+FFFD into the current directory's name where the locale cannot read it.
  private static boolean isReadable(Path file) {
    return file.isAbsolute() || System.getProperty("user.dir", "").indexOf('\uFFFD') < 0;
  }

  private static String roleIn(Path directory) {
    return yamlFiles(directory).stream()
        .findFirst()
        .map(name -> "name a file in it, as " + shown(directory.resolve(name)))
        .orElse("name a role file, or a directory that has one of agent.yaml and role.yaml");
  }

  private static String neighbour(Path file) {
    Path directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    String name = String.valueOf(file.getFileName());
    return Nearest.to(name, yamlFiles(directory))
        .map(near -> "did you mean " + shown(file.resolveSibling(near)) + "?")
        .orElse("check the path");
  }

  private static String shown(Path file) {
    return SafeText.escaped(file.toString());
  }

  private static List<String> yamlFiles(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(name -> name.matches("(?s).*\\.ya?ml"))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String decode(Path file, byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      boolean isUtf16 = bytes.length > 1 && (bytes[0] & 0xFE) == 0xFE && (bytes[1] & 0xFE) == 0xFE;
      String found = String.format(Locale.ROOT, "0x%02X", bytes[in.position()]);
      String guess = isUtf16 ? " (it looks like UTF-16)" : "";
      throw at(
          file,
          text,
          text.length(),
          "is not UTF-8, got byte " + found + guess + "; save the file as UTF-8");
    }
    return text;
  }

  private static void refuseUnprintable(Path file, String text) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      if (!YamlTree.isPrintable(c)) {
        String found = String.format(Locale.ROOT, "U+%04X", c);
        throw at(
            file,
            text,
            i,
            "has a character that YAML does not allow, got " + found + "; remove it");
      }
    }
  }

  private static ConfigException whole(Path file, String message) {
    return new ConfigException(List.of(new ConfigFault(file, 0, 0, "", message)));
  }

  private static ConfigException at(Path file, String text, int offset, String message) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < offset; i++) {
      char c = text.charAt(i);
      boolean isBreak =
          c == '\n' || (c == '\r' && (i + 1 >= text.length() || text.charAt(i + 1) != '\n'));
      if (isBreak) {
        line++;
        lineStart = i + 1;
      }
    }
    int column = text.codePointCount(lineStart, offset) + 1;
    return new ConfigException(List.of(new ConfigFault(file, line, column, "", message)));
  }
}
