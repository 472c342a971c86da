package initrunner.transfer;

import initrunner.text.Sha256;
import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.TreePath;
import initrunner.transfer.tree.Version;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Gathers what an exchange does. For one thread.
final class Report {

  private final TreeMap<TreePath, Seen> sent = new TreeMap<>();
  private final TreeMap<TreePath, Seen> fetched = new TreeMap<>();
  private final List<TreePath> removedThere = new ArrayList<>();
  private final List<TreePath> removedHere = new ArrayList<>();
  private final List<TransferReport.Difference> conflicts = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final List<TransferReport.Left> left = new ArrayList<>();

  /// What an attempt before has moved.
  private final Set<TreePath> done = new HashSet<>();

  private final Set<TreePath> doneThere = new HashSet<>();
  private int same;

  /// A report that goes on with what an attempt before did.
  Report after() {
    Report next = new Report();
    next.sent.putAll(sent);
    next.fetched.putAll(fetched);
    next.removedThere.addAll(removedThere);
    next.removedHere.addAll(removedHere);
    next.same = -files(sent) - files(fetched);
    next.doneThere.addAll(removedThere);
    next.done.addAll(sent.keySet());
    next.done.addAll(fetched.keySet());
    return next;
  }

  void planned(Step step, Sides sides) {
    switch (step) {
      case Step.Same(TreePath _, Version version) -> same += isFile(version.kind()) ? 1 : 0;
      case Step.Gone _ -> {}
      case Step.Left(TreePath path) ->
          left.add(new TransferReport.Left(path.text(), held(path, sides)));
      case Step.Send(TreePath path) -> put(sent, path, sides.here().get(path));
      case Step.Fetch(TreePath path) -> put(fetched, path, sides.there().get(path));
      case Step.RemoveThere(TreePath path) -> removedThere.add(path);
      case Step.RemoveHere(TreePath path) -> removedHere.add(path);
      case Step.Conflict(TreePath path, String reason) ->
          conflicts.add(new TransferReport.Difference(path.text(), reason));
    }
  }

  private static TransferReport.Held held(TreePath path, Sides sides) {
    boolean isThere = sides.there().containsKey(path);
    return sides.here().containsKey(path)
        ? isThere ? TransferReport.Held.BOTH : TransferReport.Held.HERE
        : TransferReport.Held.THERE;
  }

  private static void put(Map<TreePath, Seen> moved, TreePath path, @Nullable Seen seen) {
    Optional.ofNullable(seen).ifPresent(it -> moved.put(path, it));
  }

  void refused(List<String> others) {
    refused.addAll(others);
  }

  /// What was asked for, and is not on the host; what is removed for that is no fault.
  void missing(Collection<String> names) {
    names.stream()
        .filter(name -> removedHere.stream().noneMatch(path -> path.text().equals(name)))
        .forEach(missing::add);
  }

  private static boolean isFile(Kind kind) {
    return kind != Kind.DIRECTORY;
  }

  /// Of what was to be fetched, these came.
  void fetchedOnly(Set<TreePath> placed) {
    fetched.keySet().removeIf(path -> !placed.contains(path) && !done.contains(path));
  }

  /// Of what was to be removed there, nothing was.
  void removedNothingThere() {
    removedThere.retainAll(doneThere);
  }

  /// Of what was to be sent, these went.
  void sentOnly(Set<TreePath> placed) {
    sent.keySet().removeIf(path -> !placed.contains(path) && !done.contains(path));
  }

  TransferReport made() {
    return new TransferReport(
        sent.keySet().stream().map(TreePath::text).toList(),
        fetched.keySet().stream().map(TreePath::text).toList(),
        removedThere.stream().map(TreePath::text).toList(),
        removedHere.stream().map(TreePath::text).toList(),
        conflicts,
        left,
        refused,
        missing,
        Math.max(0, same),
        files(sent) + files(fetched),
        bytes(sent) + bytes(fetched),
        manifest());
  }

  private static int files(Map<TreePath, Seen> moved) {
    return (int) moved.values().stream().filter(seen -> isFile(seen.kind())).count();
  }

  private static long bytes(Map<TreePath, Seen> moved) {
    return moved.values().stream().mapToLong(Seen::size).sum();
  }

  private String manifest() {
    StringBuilder all = new StringBuilder();
    append(all, "send", sent);
    append(all, "fetch", fetched);
    removedThere.forEach(path -> all.append("remove there ").append(path.bytes()).append('\0'));
    removedHere.forEach(path -> all.append("remove here ").append(path.bytes()).append('\0'));
    return Sha256.hex(all.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void append(StringBuilder all, String what, Map<TreePath, Seen> moved) {
    moved.forEach((path, seen) ->
        all.append(what)
            .append(' ')
            .append(seen.kind())
            .append(' ')
            .append(Integer.toOctalString(seen.mode()))
            .append(' ')
            .append(seen.size())
            .append(' ')
            .append(path.bytes())
            .append('\0'));
  }
}
