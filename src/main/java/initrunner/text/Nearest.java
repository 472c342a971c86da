package initrunner.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// The known word that a mistyped one was probably meant to be. Stateless.
public final class Nearest {

  private Nearest() {}

  /// "did you mean X?", or an empty string if no known word is near.
  public static String question(String word, Collection<String> known) {
    return to(word, known).map(near -> "did you mean " + near + "?").orElse("");
  }

  /// The nearest known word within two edits, or one with the same beginning (`api_key` for
  /// `api_key_env`); upper case, `-` and `_` don't count.
  public static Optional<String> to(String word, Collection<String> known) {
    String bare = bare(word);
    if (bare.isEmpty() || bare.length() > 60) {
      return Optional.empty();
    }
    return known.stream()
        .filter(candidate -> isNear(bare, bare(candidate)))
        .min(Comparator.comparingInt((String candidate) -> edits(bare, bare(candidate))));
  }

  private static boolean isNear(String word, String candidate) {
    int shorter = Math.min(word.length(), candidate.length());
    int most = shorter <= 4 ? 1 : 2;
    boolean isStart = candidate.startsWith(word) || word.startsWith(candidate);
    return (shorter > most && edits(word, candidate) <= most) || (isStart && shorter >= 4);
  }

  private static String bare(String word) {
    return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }

  /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
  static int edits(String from, String to) {
    int[][] cost = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, i, j, from, to);
      }
    }
    return cost[from.length()][to.length()];
  }

  private static int cheapest(int[][] cost, int i, int j, String from, String to) {
    int replaced = cost[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
    int best = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
    boolean isSwap =
        i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1);
    return isSwap ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }
}
