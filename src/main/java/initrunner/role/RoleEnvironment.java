package initrunner.role;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The variables that a role's `${NAME}` and its keys come from: this process's own, then those of
/// `.env` beside the role, then those of `.env` in the user's directory of this product. The first
/// that has a name wins, so a file never overrides the environment. Stateless; blocks on the file
/// system only.
///
/// A `.env` file has lines of `NAME=value`, with `export` in front if one likes. `'…'` is taken as
/// it stands; in `"…"`, `\n`, `\t`, `\"` and `\\` are escapes. Outside quotes, a blank and `#`
/// begin a comment. Values are never shown.
public final class RoleEnvironment {

  static final String FILE = ".env";

  private static final int MOST_BYTES = 1 << 20;

  private static final Pattern LINE =
      Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*?)\\s*");
  private static final Pattern SINGLE = Pattern.compile("'([^']*)'\\s*(?:#.*)?");
  private static final Pattern DOUBLE = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"\\s*(?:#.*)?");

  private RoleEnvironment() {}

  /// All of them, by name. The files are read anew each time.
  ///
  /// @param role the role's file; it need not be there
  /// @param home the user's directory of this product
  /// @param process the variables of this process
  /// @throws RoleException with every line of a `.env` file that cannot be read, by its number
  public static Map<String, String> of(Path role, Path home, Map<String, String> process) {
    List<RoleFault> faults = new ArrayList<>();
    Map<String, String> all = new HashMap<>();
    Path beside = role.toAbsolutePath().resolveSibling(FILE);
    Path own = home.toAbsolutePath().resolve(FILE);
    if (!own.normalize().equals(beside.normalize())) {
      read(own, all, faults);
    }
    read(beside, all, faults);
    if (!faults.isEmpty()) {
      throw new RoleException(faults);
    }
    all.putAll(process);
    return Map.copyOf(all);
  }

  private static void read(Path file, Map<String, String> into, List<RoleFault> faults) {
    if (!Files.isRegularFile(file)) {
      return;
    }
    try {
      if (Files.size(file) > MOST_BYTES) {
        faults.add(whole(file, "is larger than 1 MiB; keep names and values in it, nothing else"));
        return;
      }
      List<String> lines = Files.readString(file).lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        read(file, i + 1, lines.get(i), into).ifPresent(faults::add);
      }
    } catch (NoSuchFileException gone) {
      // it is as if it had never been there
    } catch (MalformedInputException e) {
      faults.add(whole(file, "is not UTF-8; save it as UTF-8"));
    } catch (IOException e) {
      faults.add(whole(file, "cannot be read; check its owner and mode"));
    }
  }

  private static Optional<RoleFault> read(
      Path file, int number, String line, Map<String, String> into) {
    if (line.isBlank() || line.strip().startsWith("#")) {
      return Optional.empty();
    }
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      return Optional.of(
          fault(file, number, "is no variable, allowed is NAME=value; mend the line"));
    }
    Optional<String> value = value(parts.group(2));
    if (value.isEmpty()) {
      return Optional.of(
          fault(
              file,
              number,
              parts.group(1)
                  + " has a quote that is not closed, or something behind it; write NAME=\"value\" "
                  + "on one line"));
    }
    into.put(parts.group(1), value.get());
    return Optional.empty();
  }

  private static Optional<String> value(String written) {
    if (written.startsWith("'")) {
      return Optional.of(SINGLE.matcher(written)).filter(Matcher::matches).map(m -> m.group(1));
    }
    if (written.startsWith("\"")) {
      return Optional.of(DOUBLE.matcher(written))
          .filter(Matcher::matches)
          .map(m -> unescaped(m.group(1)));
    }
    return Optional.of(written.replaceFirst("(?:^|\\s+)#.*", ""));
  }

  private static String unescaped(String text) {
    return Pattern.compile("\\\\(.)")
        .matcher(text)
        .replaceAll(escape ->
            switch (escape.group(1)) {
              case "n" -> "\n";
              case "t" -> "\t";
              case "\"" -> "\"";
              case "\\" -> "\\\\";
              default -> Matcher.quoteReplacement(escape.group());
            });
  }

  private static RoleFault whole(Path file, String message) {
    return new RoleFault(file, 0, 0, "", message);
  }

  private static RoleFault fault(Path file, int line, String message) {
    return new RoleFault(file, line, 1, "", message);
  }
}
