package initrunner.transfer.host;

import initrunner.text.SafeText;
import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a host says of a tree and of its own tools: the answer of `look.sh`. The host is not
/// trusted: a name that leads out of the tree, and an answer of another form, are refused.
///
/// @param tools what the host can do
/// @param entries in the order of their names
/// @param firstByte how long the first byte of the answer took
public record HostLook(
    State state, long now, HostTools tools, SortedMap<TreePath, Seen> entries, Duration firstByte) {

  /// How the list ended, the clock, and what the host has.
  private static final int TRAILER_FIELDS = 6;

  private static final int MOST_ENTRIES = 2_000_000;

  /// What the root is.
  public enum State {
    THERE,
    MISSING,
    /// Something else than a directory.
    FILE
  }

  /// The answer is no answer, or the tree changed while the host listed it.
  public static final class UnreadableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message);
    }
  }

  /// Reads the answer.
  ///
  /// @throws UnreadableException if it is no such answer
  public static HostLook of(byte[] answer, Duration firstByte) throws UnreadableException {
    int trailer = answer.length;
    for (int i = 0; i < TRAILER_FIELDS && trailer > 0; i++) {
      trailer = startOfField(answer, trailer);
    }
    Fields fields = new Fields(answer, 0);
    State state =
        switch (fields.until('\0')) {
          case "there" -> State.THERE;
          case "missing" -> State.MISSING;
          case "file" -> State.FILE;
          default -> throw new UnreadableException("the host does not say what is there");
        };
    List<String> said = new Fields(answer, trailer).next(TRAILER_FIELDS);
    HostTools tools =
        new HostTools(
            said.get(2), said.get(3), said.get(4), Set.copyOf(List.of(said.get(5).split(" ", -1))));
    TreeMap<TreePath, Seen> entries = new TreeMap<>();
    if (state == State.THERE && tools.canList()) {
      fields.end = trailer;
      if (tools.form().equals("gnu")) {
        fields.readFound(entries);
      } else {
        fields.readBatches(entries, tools);
      }
      if (!said.getFirst().equals("end 0")) {
        throw new UnreadableException("the host could not list all of it");
      }
      requireDirectories(entries);
    }
    return new HostLook(state, number(said.get(1)), tools, entries, firstByte);
  }

  /// A name is in a directory, and in nothing else: a link would lead what comes to another place.
  private static void requireDirectories(Map<TreePath, Seen> entries) throws UnreadableException {
    for (TreePath path : entries.keySet()) {
      Optional<Seen> parent = path.parent().map(entries::get);
      if (parent.isPresent() && parent.get().kind() != Kind.DIRECTORY) {
        throw new UnreadableException("the tree changed while the host listed it");
      }
    }
  }

  /// Where the field begins that ends before this.
  private static int startOfField(byte[] answer, int end) {
    int at = end - 1;
    while (at > 0 && answer[at - 1] != 0) {
      at--;
    }
    return Math.max(at, 0);
  }

  private static long number(String digits) throws UnreadableException {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new UnreadableException("the host gives no number where there must be one");
    }
  }

  /// The values of the answer, one after the other.
  private static final class Fields {
    private final byte[] answer;
    private int at;
    private int end;

    Fields(byte[] answer, int at) {
      this.answer = answer;
      this.at = at;
      this.end = answer.length;
    }

    List<String> next(int count) throws UnreadableException {
      String[] fields = new String[count];
      for (int i = 0; i < count; i++) {
        fields[i] = until('\0');
      }
      return List.of(fields);
    }

    private String until(char last) throws UnreadableException {
      int from = at;
      while (at < end && answer[at] != last) {
        at++;
      }
      if (at >= end) {
        throw new UnreadableException("the host's answer ends in the middle");
      }
      return new String(answer, from, at++ - from, StandardCharsets.ISO_8859_1);
    }

    /// As `find -printf` prints it.
    void readFound(Map<TreePath, Seen> entries) throws UnreadableException {
      while (at < end) {
        String line = until('\0');
        String target = until('\0');
        String[] parts = line.split(" ", 7);
        if (parts.length < 7) {
          throw new UnreadableException("the host's list is not one");
        }
        switch (parts[0]) {
          case "f" -> put(entries, parts[6], HostTools.seen(Kind.FILE, 8, parts, target));
          case "d" -> put(entries, parts[6], HostTools.seen(Kind.DIRECTORY, 8, parts, target));
          case "l" -> put(entries, parts[6], HostTools.seen(Kind.LINK, 8, parts, target));
          default -> {}
        }
      }
    }

    /// As `stat` prints it: a number, so many lines, and so many names and targets.
    void readBatches(Map<TreePath, Seen> entries, HostTools tools) throws UnreadableException {
      while (at < end) {
        long count = number(until('\n'));
        if (count < 0 || count > MOST_ENTRIES) {
          throw new UnreadableException("the host's list is not one");
        }
        String[] lines = new String[(int) Math.min(count, answer.length)];
        for (int i = 0; i < lines.length; i++) {
          lines[i] = until('\n');
        }
        for (String line : lines) {
          String name = until('\0');
          String target = until('\0');
          tools.seen(line, target).ifPresent(seen -> entries.put(nameOf(name), seen));
        }
      }
    }

    private static TreePath nameOf(String found) {
      String name = found.startsWith("./") ? found.substring(2) : found;
      return TreePath.of(name).orElseThrow(() -> refused(name));
    }

    private static void put(Map<TreePath, Seen> entries, String name, Seen seen)
        throws UnreadableException {
      entries.put(nameOf(name), seen);
      if (entries.size() > MOST_ENTRIES) {
        throw new UnreadableException("the host lists more than " + MOST_ENTRIES + " files");
      }
    }
  }

  private static TransferException refused(String name) {
    return new TransferException(
        "the host lists "
            + SafeText.quoted(name)
            + ", which is no name below the"
            + " root of the tree",
        "Nothing was written. Do not trust this host.");
  }
}
