package initrunner.tool.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Finds the commands in a script for a shell, for lists and rules that guard against accidents.
/// Stateless.
///
/// It leaves comments out, cuts the script at the operators, line breaks and substitutions outside
/// of single quotes, and looks into the text of a shell in it (`sh -c`). It knows no more of the
/// language: it does not see what `eval`, an alias or a variable runs, and takes the lines of a
/// here-document for commands. An apostrophe in these is no quote, so it also reads the script
/// without them.
public final class ShellScript {

  private static final Set<String> SHELLS = Set.of("sh", "bash", "zsh", "dash", "ksh", "ash");

  /// Words that may stand before a command.
  private static final Set<String> BEFORE_COMMANDS =
      Set.of("if", "then", "elif", "else", "while", "until", "do", "!", "{", "time", "exec");

  private static final Pattern HERE_DOCUMENT =
      Pattern.compile("(?<!<)<<-?[ \\t]*[\\\\'\"]?([A-Za-z0-9_.-]+)");

  private static final String CUTS = ";&|()\n";
  private static final int MOST_COMMANDS = 1000;
  private static final int MOST_LEVELS = 4;

  private ShellScript() {}

  /// The script in the words of a command such as `bash -lc SCRIPT`, which has no words behind it.
  public static Optional<String> in(List<String> argv) {
    return argv.size() == 3 && isShell(argv.getFirst()) && isCommandOption(argv.get(1))
        ? Optional.of(argv.get(2))
        : Optional.empty();
  }

  private static boolean isShell(String program) {
    return SHELLS.contains(WrappedPrograms.baseName(program));
  }

  private static boolean isCommandOption(String word) {
    return word.equals("-c") || word.equals("-lc");
  }

  /// The words of each command, with neither assignments nor reserved words before them. Empty if
  /// there are too many.
  public static Optional<List<List<String>>> commands(String script) {
    List<List<String>> found = new ArrayList<>();
    collectAll(script, MOST_LEVELS, found);
    return found.size() > MOST_COMMANDS ? Optional.empty() : Optional.of(List.copyOf(found));
  }

  private static void collectAll(String script, int levels, List<List<String>> found) {
    collect(script, levels, found);
    String bare = withoutHereDocuments(script);
    if (!bare.equals(script)) {
      collect(bare, levels, found);
    }
  }

  private static String withoutHereDocuments(String script) {
    List<String> kept = new ArrayList<>();
    Optional<String> end = Optional.empty();
    for (String line : script.split("\n", -1)) {
      if (end.isPresent()) {
        end = end.filter(word -> !word.equals(line.strip()));
      } else {
        kept.add(line);
        Matcher document = HERE_DOCUMENT.matcher(line);
        end = document.find() ? Optional.of(document.group(1)) : Optional.empty();
      }
    }
    return String.join("\n", kept);
  }

  private static void collect(String script, int levels, List<List<String>> found) {
    for (ScriptLine line : ScriptLine.of(script)) {
      for (String piece : pieces(line.text())) {
        List<String> words = withoutPrefix(words(piece));
        if (!words.isEmpty() && found.size() <= MOST_COMMANDS) {
          found.add(words);
          if (levels > 0) {
            within(words).ifPresent(inner -> collectAll(inner, levels - 1, found));
          }
        }
      }
    }
  }

  /// The script of a shell in a script: redirections and arguments may stand behind it.
  private static Optional<String> within(List<String> words) {
    return isShell(words.getFirst())
        ? IntStream.range(1, words.size() - 1)
            .filter(at -> isCommandOption(words.get(at)))
            .mapToObj(at -> words.get(at + 1))
            .findFirst()
        : Optional.empty();
  }

  /// Cuts through double quotes where a substitution stands in them, so a piece may be unbalanced.
  private static List<String> pieces(String script) {
    List<String> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder();
    // Whether double quotes are around each parenthesis and backquote that is open.
    Deque<Boolean> outer = new ArrayDeque<>();
    boolean inDouble = false;
    boolean inBackquotes = false;
    for (int at = 0; at < script.length(); at++) {
      char c = script.charAt(at);
      boolean substitutes = c == '`' || (c == '(' && at > 0 && script.charAt(at - 1) == '$');
      if (c == '\\' && at + 1 < script.length()) {
        piece.append(c).append(script.charAt(++at));
      } else if (c == '\'' && !inDouble) {
        int end = script.indexOf('\'', at + 1);
        int last = end < 0 ? script.length() - 1 : end;
        piece.append(script, at, last + 1);
        at = last;
      } else if (substitutes || (!inDouble && CUTS.indexOf(c) >= 0)) {
        pieces.add(piece.toString());
        piece.setLength(0);
        if (c == '(' || (c == '`' && !inBackquotes)) {
          outer.push(inDouble);
          inDouble = false;
        } else if (c == ')' || c == '`') {
          inDouble = !outer.isEmpty() && outer.pop();
        }
        inBackquotes ^= c == '`';
      } else {
        inDouble ^= c == '"';
        piece.append(c);
      }
    }
    pieces.add(piece.toString());
    return pieces;
  }

  private static List<String> words(String piece) {
    try {
      return ShellWords.split(piece);
    } catch (ShellWords.SyntaxException unbalanced) {
      return List.of(piece.strip().replace("\"", "").replace("'", "").split("\\s+"));
    }
  }

  private static List<String> withoutPrefix(List<String> words) {
    int at = 0;
    while (at < words.size()
        && (BEFORE_COMMANDS.contains(words.get(at)) || isAssignment(words, at))) {
      at++;
    }
    return words.subList(at, words.size()).stream().filter(word -> !word.isEmpty()).toList();
  }

  private static boolean isAssignment(List<String> words, int at) {
    return words.get(at).matches("(?s)[A-Za-z_][A-Za-z0-9_]*\\+?=.*");
  }
}
