package initrunner.audit;

import initrunner.audit.LogEnds.Ends;
import initrunner.text.Hmac;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where an audit log ended at some time, to be kept where its machine cannot write: an audit log
/// that no longer has these records was rewritten or cut, also by a program that can read its key.
/// Immutable.
///
/// @param logId what tells the audit log from every other
/// @param tips the newest record of each chain
public record Checkpoint(String logId, Map<Chain, Tip> tips) {

  private static final String FORM = "initrunner1";
  private static final int HASH_CHARACTERS = 64;
  private static final Pattern WORD = Pattern.compile(FORM + "\\.[A-Za-z0-9.-]+");

  /// A record.
  ///
  /// @param hash its signature; empty where there was none yet
  record Tip(long id, String hash) {}

  public Checkpoint {
    tips = Map.copyOf(tips);
  }

  /// Where this audit log ends. Does not verify it. Blocks.
  ///
  /// @throws AuditException if there is no signed audit log here, or it cannot be read
  public static Checkpoint of(Path database, ChainKey chainKey) {
    return AuditQuery.read(database, connection -> of(ends(connection, database, chainKey)));
  }

  private static Checkpoint of(LogEnds ends) {
    Map<Chain, Tip> tips = new EnumMap<>(Chain.class);
    for (Chain chain : Chain.values()) {
      tips.put(chain, new Tip(ends.of(chain).tipId(), ends.of(chain).tipHash()));
    }
    return new Checkpoint(ends.logId(), tips);
  }

  private static LogEnds ends(Connection connection, Path database, ChainKey chainKey)
      throws SQLException {
    Optional<Hmac> key = chainKey.toVerify();
    Optional<LogEnds> ends =
        key.isPresent() ? EndsTable.read(connection, key.get()) : Optional.empty();
    return ends.orElseThrow(() ->
        new AuditException(
            "The audit database " + database + " has no ends that are signed with " + chainKey,
            "See: initrunner audit verify"));
  }

  /// One word of letters, digits, `.` and `-`.
  public String text() {
    StringBuilder text = new StringBuilder(FORM).append('.').append(logId);
    for (Chain chain : Chain.values()) {
      Tip tip = tips.getOrDefault(chain, new Tip(0, ""));
      text.append('.').append(tip.id()).append('-').append(tip.hash());
    }
    return text.toString();
  }

  /// Finds the word of [#text] in all that was kept with it, such as what the command printed; the
  /// last one where there are several. Empty where the last one is not whole, or there is none.
  public static Optional<Checkpoint> parse(String text) {
    Matcher words = WORD.matcher(text);
    Optional<Checkpoint> last = Optional.empty();
    while (words.find()) {
      last = ofWord(words.group());
    }
    return last;
  }

  private static Optional<Checkpoint> ofWord(String word) {
    String[] words = word.split("\\.", -1);
    Chain[] chains = Chain.values();
    if (words.length != 2 + chains.length || !words[0].equals(FORM)) {
      return Optional.empty();
    }
    Map<Chain, Tip> tips = new EnumMap<>(Chain.class);
    for (int i = 0; i < chains.length; i++) {
      int dash = words[2 + i].indexOf('-');
      String id = words[2 + i].substring(0, Math.max(0, dash));
      String hash = words[2 + i].substring(dash + 1);
      boolean isHash =
          hash.isEmpty()
              || (hash.length() == HASH_CHARACTERS && hash.chars().allMatch(HexFormat::isHexDigit));
      if (!id.matches("\\d{1,18}") || !isHash) {
        return Optional.empty();
      }
      tips.put(chains[i], new Tip(Long.parseLong(id), hash));
    }
    return Optional.of(new Checkpoint(words[1], tips));
  }

  /// What is found of a checkpoint in an audit log.
  ///
  /// @param faults why the audit log is not the one of the checkpoint, continued; empty if it is
  /// @param remarks what can no longer be compared, as it was pruned since
  public record Found(List<String> faults, List<String> remarks) {

    public Found {
      faults = List.copyOf(faults);
      remarks = List.copyOf(remarks);
    }
  }

  /// Looks whether the audit log still has these records. It must have been verified before.
  /// Blocks.
  ///
  /// @throws AuditException if there is no signed audit log here, or it cannot be read
  public Found in(Path database, ChainKey chainKey) {
    return AuditQuery.read(
        database, connection -> in(connection, ends(connection, database, chainKey)));
  }

  private Found in(Connection connection, LogEnds ends) throws SQLException {
    if (!ends.logId().equals(logId)) {
      return new Found(
          List.of("this is another audit log than that of the checkpoint: it was begun anew"),
          List.of());
    }
    List<AuditNote> prunings = ChainCheck.prunings(connection);
    List<String> faults = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    for (Chain chain : Chain.values()) {
      Tip tip = tips.getOrDefault(chain, new Tip(0, ""));
      Ends now = ends.of(chain);
      String record = chain.table() + ": record " + tip.id() + " of the checkpoint ";
      boolean isPruned =
          prunings.stream()
              .anyMatch(note -> note.table().equals(chain.table()) && note.lastId() >= tip.id());
      if (tip.id() == 0
          || CurrentEnds.hashAt(connection, chain, tip.id(), now).equals(tip.hash())) {
        continue;
      }
      if (now.tipId() < tip.id()) {
        faults.add(record + "is not there: the audit log was cut, or an older copy put back");
      } else if (tip.id() < now.baseId() && isPruned) {
        remarks.add(record + "was pruned since; see above when. Make a new checkpoint");
      } else {
        faults.add(record + "is another one now: the audit log was rewritten");
      }
    }
    return new Found(faults, remarks);
  }
}
