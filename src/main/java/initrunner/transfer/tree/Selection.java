package initrunner.transfer.tree;

import initrunner.text.SafeText;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which names of a tree take part. Immutable.
///
/// @param tops the names in the root that take part; empty for all
/// @param patterns of `--exclude`: one without a `/` is of a name anywhere, one with is of a whole
///   path; `*`, `?` and `[…]` as in a shell
/// @param git whether a repository's own directory takes part
public record Selection(Set<TreePath> tops, List<String> patterns, Git git) {

  /// The beginning of the names of our own directories in a tree.
  public static final String OWN = ".initrunner-";

  private static final String REPOSITORY = ".git";

  /// What becomes of `.git`.
  public enum Git {
    LEFT_OUT,
    TAKES_PART,
    /// As all else, and with it what the repository ignores: git is not asked.
    NOT_ASKED
  }

  /// @throws TransferException if a pattern is none
  public Selection {
    tops = Set.copyOf(tops);
    patterns =
        patterns.stream()
            .map(pattern -> pattern.startsWith("./") ? pattern.substring(1) : pattern)
            .toList();
    patterns.forEach(Selection::requireUsable);
  }

  private static void requireUsable(String pattern) {
    try {
      if (!pattern.contains("[[:") && !pattern.contains("[[.") && !pattern.contains("[[=")) {
        var _ = Test.compiled(pattern);
        return;
      }
    } catch (PatternSyntaxException e) {
      // It is refused below.
    }
    throw new TransferException(
        "the pattern " + SafeText.quoted(pattern) + " of what is left out cannot be used",
        "In it, * and ? and [abc], [a-z] and [!abc] are special; nothing was transferred.");
  }

  /// Everything but what is ours and what is git's.
  public static Selection of(List<String> patterns) {
    return new Selection(Set.of(), patterns, Git.LEFT_OUT);
  }

  /// Everything but what is ours.
  public static Selection whole() {
    return new Selection(Set.of(), List.of(), Git.NOT_ASKED);
  }

  /// The same of these names in the root.
  public Selection only(Set<TreePath> names) {
    return new Selection(names, patterns, git);
  }

  /// The same, without what these patterns match too.
  public Selection without(List<String> others) {
    return new Selection(tops, Stream.concat(patterns.stream(), others.stream()).toList(), git);
  }

  private List<String> leftOut() {
    return git == Git.LEFT_OUT
        ? Stream.concat(Stream.of(REPOSITORY), patterns.stream()).toList()
        : patterns;
  }

  /// The names and paths that a host need not list. Patterns are judged on this side only, so that
  /// they mean the same of both.
  public List<String> leftOutByHost() {
    return leftOut().stream().filter(Selection::isLiteral).toList();
  }

  private static boolean isLiteral(String pattern) {
    return pattern.chars().noneMatch(c -> "*?[\\".indexOf(c) >= 0);
  }

  /// A test of single names, for one thread.
  public Test test() {
    return new Test(this);
  }

  /// Tests names against compiled patterns.
  public static final class Test {
    private final Selection selection;
    private final Set<String> names;
    private final List<Pattern> ofNames;
    private final List<Pattern> ofPaths;

    private Test(Selection selection) {
      this.selection = selection;
      names =
          selection.leftOut().stream()
              .filter(Test::isPlain)
              .map(TreePath::latin)
              .collect(Collectors.toSet());
      var byKind =
          selection.leftOut().stream()
              .filter(pattern -> !isPlain(pattern))
              .collect(
                  Collectors.partitioningBy(
                      pattern -> pattern.contains("/"),
                      Collectors.mapping(Test::compiled, Collectors.toList())));
      ofNames = byKind.getOrDefault(false, List.of());
      ofPaths = byKind.getOrDefault(true, List.of());
    }

    private static boolean isPlain(String pattern) {
      return pattern.chars().noneMatch(c -> "/*?[\\".indexOf(c) >= 0);
    }

    /// Whether a name takes part if the directory that it is in does.
    public boolean takesPart(TreePath path) {
      if (!selection.tops.isEmpty() && path.parent().isEmpty() && !selection.tops.contains(path)) {
        return false;
      }
      String name = path.name();
      return !name.startsWith(OWN)
          && !names.contains(name)
          && ofNames.stream().noneMatch(pattern -> pattern.matcher(name).matches())
          && ofPaths.stream().noneMatch(pattern -> pattern.matcher(path.bytes()).matches());
    }

    /// Whether a name and all directories that it is in take part.
    public boolean reaches(TreePath path) {
      return path.parent().map(this::reaches).orElse(true) && takesPart(path);
    }

    /// A shell's pattern, in which `*` matches a `/` too, as that of `find -path` does.
    private static Pattern compiled(String glob) {
      String bytes = TreePath.latin(glob.startsWith("/") ? glob.substring(1) : glob);
      StringBuilder regex = new StringBuilder();
      for (int i = 0; i < bytes.length(); i++) {
        char c = bytes.charAt(i);
        int end = c == '[' ? bytes.indexOf(']', i + 2) : -1;
        if (end > 0) {
          String set = bytes.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
          regex.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
          i = end;
        } else if (c == '\\' && i + 1 < bytes.length()) {
          regex.append(Pattern.quote(bytes.substring(++i, i + 1)));
        } else {
          regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
      }
      return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
  }
}
