package initrunner.tool.files;

import initrunner.tool.policy.Glob;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A pattern of file names: `*.java`, `src/*.c`, `**/test/*.{js,ts}`. Without a slash it is
/// compared with the last part of a path, else with all of it: `*` and `?` match within one part,
/// and a part `**` any number of parts. `{a,b}` matches either. Immutable.
final class NamePattern {

  /// One of the patterns in the braces, split at its slashes.
  private record Alternative(List<String> parts) {

    static Alternative of(String pattern) {
      String rooted = pattern.startsWith("./") ? pattern.substring(2) : pattern;
      List<String> parts =
          Arrays.stream(rooted.split("/", -1)).filter(part -> !part.isEmpty()).toList();
      boolean isOfPaths = pattern.indexOf('/') >= 0;
      if (!isOfPaths) {
        return new Alternative(List.of(ANY_PARTS, pattern));
      }
      return new Alternative(parts.isEmpty() ? List.of("*") : parts);
    }

    /// A test of `find` that is true for each name that this matches, and perhaps for others.
    List<String> atLeast() {
      if (parts.size() == 2 && parts.getFirst().equals(ANY_PARTS)) {
        return List.of("-name", new Glob(parts.getLast()).ofBytesAtLeast());
      }
      StringBuilder path = new StringBuilder("./");
      for (int i = 0; i < parts.size(); i++) {
        boolean isLast = i == parts.size() - 1;
        if (parts.get(i).equals(ANY_PARTS)) {
          path.append('*');
        } else {
          path.append(new Glob(parts.get(i)).ofBytesAtLeast()).append(isLast ? "" : "/");
        }
      }
      return List.of("-path", path.toString());
    }

    boolean matches(String path) {
      String[] names = path.split("/", -1);
      boolean[] reached = new boolean[names.length + 1];
      reached[0] = true;
      for (String part : parts) {
        reached = part.equals(ANY_PARTS) ? withAny(reached) : withOne(reached, names, part);
      }
      return reached[names.length];
    }

    private static boolean[] withAny(boolean[] reached) {
      boolean[] next = new boolean[reached.length];
      boolean any = false;
      for (int i = 0; i < reached.length; i++) {
        any |= reached[i];
        next[i] = any;
      }
      return next;
    }

    private static boolean[] withOne(boolean[] reached, String[] names, String part) {
      Glob glob = new Glob(part);
      boolean[] next = new boolean[reached.length];
      for (int i = 0; i < names.length; i++) {
        next[i + 1] = reached[i] && glob.matches(names[i]);
      }
      return next;
    }
  }

  private static final String ANY_PARTS = "**";
  private static final int MAX_ALTERNATIVES = 64;

  private final List<Alternative> alternatives;

  private NamePattern(List<Alternative> alternatives) {
    this.alternatives = List.copyOf(alternatives);
  }

  /// The pattern that every file matches.
  static NamePattern any() {
    return new NamePattern(List.of(Alternative.of("*")));
  }

  /// Parses a pattern.
  ///
  /// @return empty if the braces stand for too many patterns
  static Optional<NamePattern> of(String pattern) {
    List<String> open = new ArrayList<>(List.of(pattern));
    List<Alternative> whole = new ArrayList<>();
    while (!open.isEmpty()) {
      String next = open.removeLast();
      List<String> expanded = expanded(next);
      if (expanded.isEmpty()) {
        whole.add(Alternative.of(next));
      }
      open.addAll(expanded);
      if (open.size() + whole.size() > MAX_ALTERNATIVES) {
        return Optional.empty();
      }
    }
    return Optional.of(new NamePattern(whole));
  }

  /// The patterns for the first braces that hold a comma; empty if there are none.
  private static List<String> expanded(String pattern) {
    for (int open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', open + 1)) {
      List<Integer> separators = separators(pattern, open);
      if (separators.size() > 2) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i + 1 < separators.size(); i++) {
          String choice = pattern.substring(separators.get(i) + 1, separators.get(i + 1));
          all.add(
              pattern.substring(0, open) + choice + pattern.substring(separators.getLast() + 1));
        }
        return all;
      }
    }
    return List.of();
  }

  /// The positions of the open brace, its own commas, and the closing brace; empty if it does not
  /// close.
  private static List<Integer> separators(String pattern, int open) {
    List<Integer> found = new ArrayList<>(List.of(open));
    int depth = 0;
    for (int at = open + 1; at < pattern.length(); at++) {
      switch (pattern.charAt(at)) {
        case '{' -> depth++;
        case ',' -> {
          if (depth == 0) {
            found.add(at);
          }
        }
        case '}' -> {
          if (depth-- == 0) {
            found.add(at);
            return found;
          }
        }
        default -> {
          // The comma or brace is part of the choice.
        }
      }
    }
    return List.of();
  }

  /// An expression of `find`, for a start with `find .`, that is true for each path that this
  /// matches, and perhaps for others: `find` may compare bytes.
  List<String> expression() {
    List<String> words = new ArrayList<>(List.of("("));
    for (Alternative alternative : alternatives) {
      words.addAll(alternative.atLeast());
      words.add("-o");
    }
    words.set(words.size() - 1, ")");
    return List.copyOf(words);
  }

  /// @param path relative to the directory of the search
  boolean matches(String path) {
    return alternatives.stream().anyMatch(alternative -> alternative.matches(path));
  }
}
