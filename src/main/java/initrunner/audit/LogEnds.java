package initrunner.audit;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// The ends of all chains of one audit log, which are signed together: an older end of one chain
/// does not fit the others. Immutable.
///
/// @param logId what tells this audit log from every other
/// @param ends one for each of [#NAMES]
record LogEnds(String logId, Map<String, Ends> ends) {

  private static final String HEADER = "initrunner-record 2\n";
  private static final String LOG = "record";
  private static final String UNSIGNED = ".unsigned";
  private static final int ID_BYTES = 16;

  /// Of each table, the chain of its signed records, and that of the records that were there before
  /// signing, whose signatures are computed and not stored.
  static final List<String> NAMES =
      Arrays.stream(Chain.values())
          .flatMap(chain -> Stream.of(chain.table(), chain.table() + UNSIGNED))
          .toList();

  /// Where the records of one chain begin and end. Immutable.
  ///
  /// @param baseId of the last record before the first one that is kept
  /// @param baseHash its signature; empty before the first record of all
  /// @param tipId of the newest record; the same as `baseId` where none is kept
  record Ends(long baseId, String baseHash, long tipId, String tipHash) {

    static final Ends NONE = new Ends(0, "", 0, "");

    /// Stands before a record where the chain was found cut or forged. No record has this
    /// signature, so that the break stays visible there.
    static final String CUT = "0".repeat(64);

    Ends withTip(long id, String hash) {
      return new Ends(baseId, baseHash, id, hash);
    }

    Ends withBase(long id, String hash) {
      return new Ends(id, hash, tipId, tipHash);
    }

    /// The next record shows that something is wrong before it.
    Ends cut() {
      return withTip(tipId, CUT);
    }
  }

  /// Those that are not among the given are empty.
  LogEnds {
    Map<String, Ends> all = new HashMap<>();
    for (String name : NAMES) {
      all.put(name, ends.getOrDefault(name, Ends.NONE));
    }
    ends = Map.copyOf(all);
  }

  /// The ends of an audit log in which there is nothing yet.
  static LogEnds ofNewLog() {
    byte[] id = new byte[ID_BYTES];
    ThreadLocalRandom.current().nextBytes(id);
    return new LogEnds(HexFormat.of().formatHex(id), Map.of());
  }

  Ends of(String name) {
    return Objects.requireNonNull(ends.get(name));
  }

  Ends of(Chain chain) {
    return of(chain.table());
  }

  Ends ofUnsigned(Chain chain) {
    return of(chain.table() + UNSIGNED);
  }

  LogEnds with(Chain chain, Ends changed) {
    return with(chain.table(), changed);
  }

  LogEnds withUnsigned(Chain chain, Ends changed) {
    return with(chain.table() + UNSIGNED, changed);
  }

  private LogEnds with(String name, Ends changed) {
    Map<String, Ends> all = new HashMap<>(ends);
    all.put(name, changed);
    return new LogEnds(logId, all);
  }

  /// The next record of each chain shows that something is wrong before it.
  LogEnds cut() {
    LogEnds cut = this;
    for (Chain chain : Chain.values()) {
      cut = cut.with(chain, of(chain).cut());
    }
    return cut;
  }

  /// Grows with every record and every pruning.
  long progress() {
    long sum = 0;
    for (Chain chain : Chain.values()) {
      sum += of(chain).tipId();
    }
    return sum;
  }

  /// What is signed of it.
  String text() {
    StringBuilder text =
        new StringBuilder(HEADER).append(LOG).append(' ').append(logId).append('\n');
    for (String name : NAMES) {
      Ends each = of(name);
      text.append(name)
          .append(' ')
          .append(each.baseId())
          .append(' ')
          .append(each.baseHash().isEmpty() ? "-" : each.baseHash())
          .append(' ')
          .append(each.tipId())
          .append(' ')
          .append(each.tipHash().isEmpty() ? "-" : each.tipHash())
          .append('\n');
    }
    return text.toString();
  }

  /// The inverse of [#text]; empty for any other text. Regular expressions would show in the start
  /// of `exec`; to split at one character takes none.
  static Optional<LogEnds> parse(String text) {
    String id = "";
    Map<String, Ends> all = new HashMap<>();
    try {
      for (String line : text.split("\n", -1)) {
        String[] words = line.split(" ", -1);
        if (words.length == 2 && words[0].equals(LOG)) {
          id = words[1];
        } else if (words.length == 5) {
          long base = Long.parseLong(words[1]);
          long tip = Long.parseLong(words[3]);
          all.put(words[0], new Ends(base, hash(words[2]), tip, hash(words[4])));
        }
      }
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
    return Optional.of(new LogEnds(id, all)).filter(read -> read.text().equals(text));
  }

  private static String hash(String word) {
    return word.equals("-") ? "" : word;
  }
}
