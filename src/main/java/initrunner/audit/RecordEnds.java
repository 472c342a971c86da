package initrunner.audit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// The ends of all chains of one record, which are signed together: an older end of one chain does
/// not fit the others. Immutable.
///
/// @param recordId what tells this record from every other
/// @param signed of the signed records of each chain
/// @param unsigned of the records that were there before signing, in a chain whose signatures are
///   computed and not stored
record RecordEnds(String recordId, Map<Chain, Ends> signed, Map<Chain, Ends> unsigned) {

  private static final String HEADER = "initrunner-record 2\n";
  private static final String UNSIGNED = ".unsigned";
  private static final int ID_BYTES = 16;

  RecordEnds {
    signed = Map.copyOf(signed);
    unsigned = Map.copyOf(unsigned);
  }

  /// The ends of a record in which there is nothing yet.
  static RecordEnds ofNewRecord() {
    byte[] id = new byte[ID_BYTES];
    ThreadLocalRandom.current().nextBytes(id);
    Map<Chain, Ends> none = new EnumMap<>(Chain.class);
    for (Chain chain : Chain.values()) {
      none.put(chain, Ends.NONE);
    }
    return new RecordEnds(HexFormat.of().formatHex(id), none, none);
  }

  Ends of(Chain chain) {
    return signed.getOrDefault(chain, Ends.NONE);
  }

  Ends ofUnsigned(Chain chain) {
    return unsigned.getOrDefault(chain, Ends.NONE);
  }

  RecordEnds with(Chain chain, Ends ends) {
    return new RecordEnds(recordId, replaced(signed, chain, ends), unsigned);
  }

  RecordEnds withUnsigned(Chain chain, Ends ends) {
    return new RecordEnds(recordId, signed, replaced(unsigned, chain, ends));
  }

  private static Map<Chain, Ends> replaced(Map<Chain, Ends> all, Chain chain, Ends ends) {
    Map<Chain, Ends> changed = new EnumMap<>(all);
    changed.put(chain, ends);
    return changed;
  }

  /// The next record of each chain shows that something is wrong before it.
  RecordEnds cut() {
    RecordEnds cut = this;
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
    StringBuilder text = new StringBuilder(HEADER).append("record ").append(recordId).append('\n');
    for (Chain chain : Chain.values()) {
      append(text, chain.table(), of(chain));
      append(text, chain.table() + UNSIGNED, ofUnsigned(chain));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String name, Ends ends) {
    text.append(name)
        .append(' ')
        .append(ends.baseId())
        .append(' ')
        .append(ends.baseHash().isEmpty() ? "-" : ends.baseHash())
        .append(' ')
        .append(ends.tipId())
        .append(' ')
        .append(ends.tipHash().isEmpty() ? "-" : ends.tipHash())
        .append('\n');
  }

  /// The inverse of [#text]; empty for any other text. Regular expressions would show in the start
  /// of `exec`.
  static Optional<RecordEnds> parse(String text) {
    RecordEnds ends = ofNewRecord();
    int at = HEADER.length();
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      Optional<RecordEnds> more =
          end < 0 ? Optional.empty() : ends.withLine(words(text.substring(at, end)));
      if (more.isEmpty()) {
        return Optional.empty();
      }
      ends = more.get();
      at = end + 1;
    }
    return ends.text().equals(text) ? Optional.of(ends) : Optional.empty();
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    int at = 0;
    for (int space = line.indexOf(' '); space >= 0; space = line.indexOf(' ', at)) {
      words.add(line.substring(at, space));
      at = space + 1;
    }
    words.add(line.substring(at));
    return words;
  }

  private Optional<RecordEnds> withLine(List<String> words) {
    if (words.size() == 2) {
      return Optional.of(new RecordEnds(words.getLast(), signed, unsigned));
    }
    boolean isUnsigned = words.getFirst().endsWith(UNSIGNED);
    String table = words.getFirst();
    Optional<Chain> chain =
        Chain.ofTable(isUnsigned ? table.substring(0, table.length() - UNSIGNED.length()) : table);
    if (words.size() != 5 || chain.isEmpty()) {
      return Optional.empty();
    }
    try {
      Ends ends =
          new Ends(
              Long.parseLong(words.get(1)),
              hash(words.get(2)),
              Long.parseLong(words.get(3)),
              hash(words.get(4)));
      return Optional.of(isUnsigned ? withUnsigned(chain.get(), ends) : with(chain.get(), ends));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String hash(String word) {
    return word.equals("-") ? "" : word;
  }
}
