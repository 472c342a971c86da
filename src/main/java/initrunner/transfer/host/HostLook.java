package initrunner.transfer.host;

import initrunner.text.SafeText;
import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a host says of a tree and of its own tools: the answer of `look.sh`. The host is not
/// trusted: a name that leads out of the tree, and an answer of another form, are refused.
///
/// @param tools what the host can do
/// @param entries in the order of their names
public record HostLook(State state, long now, HostTools tools, SortedMap<TreePath, Seen> entries) {

  private static final int HEADER_FIELDS = 5;
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
  public static HostLook of(byte[] answer) throws UnreadableException {
    Fields fields = new Fields(answer);
    List<String> header = fields.next(HEADER_FIELDS);
    State state =
        switch (header.getFirst()) {
          case "there" -> State.THERE;
          case "missing" -> State.MISSING;
          case "file" -> State.FILE;
          default -> throw new UnreadableException("the host does not say what is there");
        };
    HostTools tools = new HostTools(header.get(2), header.get(3), header.get(4).equals("yes"));
    TreeMap<TreePath, Seen> entries = new TreeMap<>();
    if (state == State.THERE && tools.canList()) {
      if (tools.form().equals("gnu")) {
        fields.readFound(entries);
      } else {
        fields.readBatches(entries, tools);
      }
    }
    return new HostLook(state, number(header.get(1)), tools, entries);
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

    Fields(byte[] answer) {
      this.answer = answer;
    }

    List<String> next(int count) throws UnreadableException {
      String[] fields = new String[count];
      for (int i = 0; i < count; i++) {
        fields[i] = until('\0');
      }
      return List.of(fields);
    }

    private String until(char end) throws UnreadableException {
      int from = at;
      while (at < answer.length && answer[at] != end) {
        at++;
      }
      if (at == answer.length) {
        throw new UnreadableException("the host's answer ends in the middle");
      }
      return new String(answer, from, at++ - from, StandardCharsets.ISO_8859_1);
    }

    /// As `find -printf` prints it.
    void readFound(Map<TreePath, Seen> entries) throws UnreadableException {
      while (true) {
        String line = until('\0');
        if (line.startsWith("end ")) {
          requireEnd(line);
          return;
        }
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
      while (true) {
        if (at < answer.length && answer[at] == 'e') {
          requireEnd(until('\0'));
          return;
        }
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

    private void requireEnd(String line) throws UnreadableException {
      if (at != answer.length) {
        throw new UnreadableException("the host's answer goes on behind its end");
      }
      if (!line.equals("end 0")) {
        throw new UnreadableException("the host could not list all of it");
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
