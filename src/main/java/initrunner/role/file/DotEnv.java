package initrunner.role.file;

import initrunner.schema.ConfigFault;
import initrunner.text.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads one `.env` file: lines of `NAME=value` or `export NAME=value`. `'…'` is literal; in `"…"`,
/// `\n`, `\t`, `\"` and `\\` are escapes. Outside quotes, a blank and `#` begin a comment. The time
/// it takes grows with the file's length alone. Used by one thread.
final class DotEnv {

  private static final int MOST_BYTES = 1 << 20;
  private static final Path NOTHING = Path.of("/dev/null");

  /// Up to the value. Its quantifiers are possessive, so that no line takes long.
  private static final Pattern ASSIGNMENT =
      Pattern.compile(
          "_*+(?:export_++(?=[A-Z]))?([A-Z][A-Z0-9]*+)_*+=(.*)"
              .replace("_", "\\p{javaWhitespace}")
              .replace("A-Z", "A-Za-z_"),
          Pattern.DOTALL);

  private final Path file;
  private final List<ConfigFault> faults;
  private final Map<String, String> values = new HashMap<>();

  private DotEnv(Path file, List<ConfigFault> faults) {
    this.file = file;
    this.faults = faults;
  }

  /// The variables of the file; none if it does not exist. Blocks on the file system only.
  ///
  /// @param faults gets each line that cannot be read, by its number
  static Map<String, String> read(Path file, List<ConfigFault> faults) {
    DotEnv read = new DotEnv(file, faults);
    if (Files.exists(file)) {
      read.all();
    }
    return read.values;
  }

  private void all() {
    try {
      if (Files.isSameFile(file, NOTHING)) {
        return;
      }
      byte[] bytes = RegularFile.bytes(file, MOST_BYTES);
      if (bytes.length > MOST_BYTES) {
        whole("is larger than 1 MiB; keep names and values in it, nothing else");
        return;
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      List<String> lines = text.lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        line(i + 1, lines.get(i));
      }
    } catch (RegularFile.NotRegularException e) {
      whole(e.getReason() + "; make it a file of names and values, or remove it");
    } catch (NoSuchFileException gone) {
      // Another process removed it.
    } catch (CharacterCodingException e) {
      whole("is not UTF-8; save it as UTF-8");
    } catch (IOException e) {
      whole("cannot be read; check its owner and mode");
    }
  }

  private void line(int number, String line) {
    if (line.isBlank() || line.strip().startsWith("#")) {
      return;
    }
    Matcher assignment = ASSIGNMENT.matcher(line);
    if (!assignment.matches()) {
      fault(number, "is no variable, allowed is NAME=value; correct the line");
      return;
    }
    String name = assignment.group(1);
    value(assignment.group(2).strip())
        .ifPresentOrElse(
            value -> values.put(name, value),
            () ->
                fault(
                    number,
                    name
                        + " has a quote that is not closed, or something behind it; write"
                        + " NAME=\"value\" on one line"));
  }

  private static Optional<String> value(String written) {
    if (written.startsWith("'")) {
      int close = written.indexOf('\'', 1);
      return close > 0 && isNothingBehind(written, close)
          ? Optional.of(written.substring(1, close))
          : Optional.empty();
    }
    return written.startsWith("\"") ? quoted(written) : Optional.of(withoutComment(written));
  }

  /// Up to the quote that closes it.
  private static Optional<String> quoted(String written) {
    StringBuilder value = new StringBuilder();
    for (int i = 1; i < written.length(); i++) {
      char c = written.charAt(i);
      if (c == '"') {
        return isNothingBehind(written, i) ? Optional.of(value.toString()) : Optional.empty();
      }
      if (c == '\\' && i + 1 < written.length()) {
        i++;
        value.append(unescaped(written.charAt(i)));
      } else {
        value.append(c);
      }
    }
    return Optional.empty();
  }

  private static String unescaped(char escaped) {
    return switch (escaped) {
      case 'n' -> "\n";
      case 't' -> "\t";
      case '"' -> "\"";
      case '\\' -> "\\";
      default -> "\\" + escaped;
    };
  }

  private static boolean isNothingBehind(String written, int close) {
    String rest = written.substring(close + 1).strip();
    return rest.isEmpty() || rest.startsWith("#");
  }

  private static String withoutComment(String written) {
    for (int i = 0; i < written.length(); i++) {
      if (written.charAt(i) == '#' && (i == 0 || Character.isWhitespace(written.charAt(i - 1)))) {
        return written.substring(0, i).strip();
      }
    }
    return written;
  }

  private void whole(String message) {
    faults.add(new ConfigFault(file, 0, 0, "", message));
  }

  private void fault(int line, String message) {
    faults.add(new ConfigFault(file, line, 1, "", message));
  }
}
