package initrunner.audit;

import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The ends of all chains of one record, which are signed together: an older end of one chain does
/// not fit the others. Immutable.
///
/// @param recordId what tells this record from every other
/// @param signed of the signed records of each chain
/// @param unsigned of the records that were there before signing, in a chain whose signatures are
///   computed and not stored
record RecordEnds(String recordId, Map<Chain, Ends> signed, Map<Chain, Ends> unsigned) {

  private static final String HEADER = "initrunner-record 2\n";
  private static final int ID_BYTES = 16;

  private static final Pattern LINE =
      Pattern.compile(
          "([a-z_]{1,40})(\\.unsigned)? (-?[0-9]{1,19}) (-|[0-9a-f]{64}) (-?[0-9]{1,19})"
              + " (-|[0-9a-f]{64})");

  private static final Pattern RECORD = Pattern.compile("record ([0-9a-f]{32})");

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
      append(text, chain.table() + ".unsigned", ofUnsigned(chain));
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

  /// The inverse of [#text]; empty for any other text.
  static Optional<RecordEnds> parse(String text) {
    RecordEnds ends = ofNewRecord();
    for (String line : text.lines().toList()) {
      Matcher record = RECORD.matcher(line);
      Matcher of = LINE.matcher(line);
      if (record.matches()) {
        ends = new RecordEnds(record.group(1), ends.signed(), ends.unsigned());
      } else if (of.matches()) {
        Optional<Chain> chain = Chain.ofTable(of.group(1));
        if (chain.isEmpty()) {
          return Optional.empty();
        }
        Ends parsed =
            new Ends(
                Long.parseLong(of.group(3)),
                of.group(4).replace("-", ""),
                Long.parseLong(of.group(5)),
                of.group(6).replace("-", ""));
        ends =
            of.group(2) == null
                ? ends.with(chain.get(), parsed)
                : ends.withUnsigned(chain.get(), parsed);
      }
    }
    return ends.text().equals(text) ? Optional.of(ends) : Optional.empty();
  }
}
