package initrunner.transfer;

import initrunner.transfer.host.HostTools;
import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.TreePath;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The steps by which the host puts what has arrived in its place: the calls of the functions of
/// `place.sh`. Stateless.
///
/// @param there what the host had when it was looked at
/// @param alone files that arrived by themselves
/// @param modes files of which only the permissions change
/// @param program by which the host makes digests
record PushSteps(
    HostTools tools,
    String program,
    SortedMap<TreePath, Seen> there,
    Staged staged,
    Set<TreePath> alone,
    Set<TreePath> modes) {

  /// An owner without these cannot move a directory.
  static final int OWNERS = 0700;

  private static final DateTimeFormatter TOUCH = DateTimeFormatter.ofPattern("yyyyMMddHHmm.ss");
  private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("2037-12-31T00:00:00Z");

  /// The steps.
  ///
  /// @param sent what has arrived, and the files of [#modes]
  byte[] text(PushContent content, SortedMap<TreePath, Seen> sent, Collection<TreePath> removals) {
    StepsText steps = new StepsText();
    complete(steps, sent);
    verify(steps, content);
    List<TreePath> tops = sent.keySet().stream().filter(path -> !comesInside(path, sent)).toList();
    check(steps, tops, removals);
    remove(steps, sent, removals);
    steps.call(
        "new",
        tops.stream()
            .filter(
                path -> !modes.contains(path) && isFile(sent.get(path)) && isFile(there.get(path)))
            .map(PushSteps::arrived)
            .toList());
    place(steps, tops, sent);
    changeModes(steps, sent);
    steps.call("clock");
    steps.call("told", files(sent).map(PushSteps::target).toList());
    return steps.bytes();
  }

  /// The files of whose stamps the host tells at the end, in this order.
  static Stream<TreePath> files(SortedMap<TreePath, Seen> sent) {
    return sent.keySet().stream().filter(path -> isFile(sent.get(path)));
  }

  /// Nothing is put in its place that is not what was read here.
  private void verify(StepsText steps, PushContent content) {
    List<String> lines = new ArrayList<>();
    List<String> files = new ArrayList<>();
    content
        .toVerify()
        .forEach((path, digest) -> {
          String name = arrived(path);
          String line = HostTools.line(program, digest, name);
          if (HostTools.isRewritten(name)) {
            steps.call("whole", List.of(line), List.of(name));
          } else {
            lines.add(line);
            files.add(name);
          }
        });
    steps.callWithLines("whole", lines, files);
  }

  private static boolean isFile(@Nullable Seen seen) {
    return seen != null && seen.kind() == Kind.FILE;
  }

  private static boolean isDirectory(@Nullable Seen seen) {
    return seen != null && seen.kind() == Kind.DIRECTORY;
  }

  private static String arrived(TreePath path) {
    return Staged.inTree(path).bytes();
  }

  private static String target(TreePath path) {
    return "../" + path.bytes();
  }

  /// Whether it comes with a directory that is new as a whole.
  private boolean comesInside(TreePath path, SortedMap<TreePath, Seen> sent) {
    return path.parent()
        .filter(parent -> isDirectory(sent.get(parent)) && !isDirectory(there.get(parent)))
        .isPresent();
  }

  /// Makes the staging directory what a single archive would have made of it.
  private void complete(StepsText steps, SortedMap<TreePath, Seen> sent) {
    List<TreePath> stale = new ArrayList<>(staged.stale(sent)).reversed();
    steps.call(
        "remove",
        stale.stream().filter(name -> !staged.isDirectory(name)).map(PushSteps::arrived).toList());
    steps.call(
        "remove_directories",
        stale.stream().filter(staged::isDirectory).map(PushSteps::arrived).toList());
    steps.call("directory", List.of(Staged.TREE));
    if (!tools.hasTar()) {
      steps.call(
          "directory",
          sent.keySet().stream()
              .filter(path -> isDirectory(sent.get(path)))
              .map(PushSteps::arrived)
              .toList());
    }
    alone.stream()
        .flatMap(path -> path.parent().stream())
        .distinct()
        .forEach(parent -> steps.call("directory", List.of(arrived(parent))));
    sent.forEach((path, seen) -> {
      if (alone.contains(path)) {
        steps.call(
            "piece",
            List.of(arrived(path), Integer.toOctalString(seen.mode()), touched(seen)),
            List.of(staged.piece(path)));
      } else if (!tools.hasTar() && seen.kind() == Kind.LINK) {
        path.parent().ifPresent(parent -> steps.call("directory", List.of(arrived(parent))));
        steps.call("link", List.of(seen.target()), List.of(arrived(path)));
      }
    });
  }

  private static String touched(Seen seen) {
    Instant time =
        Instant.ofEpochSecond(Math.floorDiv(seen.stamp().modified(), TimeUnit.SECONDS.toNanos(1)));
    Instant sayable = time.isBefore(FIRST) ? FIRST : time.isAfter(LAST) ? LAST : time;
    return TOUCH.format(sayable.atOffset(ZoneOffset.UTC));
  }

  /// Nothing is overwritten that changed since the look.
  private void check(StepsText steps, List<TreePath> tops, Collection<TreePath> removals) {
    steps.call(
        "absent",
        tops.stream().filter(path -> !there.containsKey(path)).map(PushSteps::target).toList());
    TreeSet<TreePath> above = new TreeSet<>();
    Stream.concat(tops.stream(), removals.stream())
        .forEach(path -> {
          for (Optional<TreePath> each = path.parent();
              each.isPresent() && isDirectory(there.get(each.get())) && above.add(each.get());
              each = each.get().parent()) {}
        });
    steps.call("directories", above.stream().map(PushSteps::target).toList());
    List<String> stamps = new ArrayList<>();
    List<String> files = new ArrayList<>();
    Stream.concat(tops.stream(), removals.stream())
        .forEach(path -> {
          Seen seen = there.get(path);
          if (seen != null && seen.kind() != Kind.DIRECTORY) {
            stamps.add(tools.text(seen.stamp()));
            files.add(target(path));
          }
        });
    steps.callWithLines("same", stamps, files);
  }

  private void remove(
      StepsText steps, SortedMap<TreePath, Seen> sent, Collection<TreePath> removals) {
    List<String> files = new ArrayList<>();
    List<String> directories = new ArrayList<>();
    TreeMap<TreePath, Optional<Seen>> gone = new TreeMap<>();
    removals.forEach(path -> gone.put(path, Optional.ofNullable(there.get(path))));
    sent.forEach((path, seen) -> {
      Seen old = there.get(path);
      if (old != null && (old.kind() == Kind.DIRECTORY) != (seen.kind() == Kind.DIRECTORY)) {
        gone.put(path, Optional.of(old));
      }
    });
    gone.descendingMap()
        .forEach((path, seen) ->
            seen.ifPresent(
                it -> (it.kind() == Kind.DIRECTORY ? directories : files).add(target(path))));
    steps.call("remove", files);
    steps.call("remove_directories", directories);
  }

  private void place(StepsText steps, List<TreePath> tops, SortedMap<TreePath, Seen> sent) {
    Map<String, List<String>> byDirectory = new TreeMap<>();
    for (TreePath path : tops) {
      boolean stays =
          modes.contains(path) || (isDirectory(sent.get(path)) && isDirectory(there.get(path)));
      if (!stays) {
        String directory = path.parent().map(PushSteps::target).orElse("..");
        byDirectory.computeIfAbsent(directory, _ -> new ArrayList<>()).add(arrived(path));
      }
    }
    byDirectory.forEach((directory, files) -> steps.call("place", List.of(directory), files));
  }

  private void changeModes(StepsText steps, SortedMap<TreePath, Seen> sent) {
    sent.entrySet().stream()
        .filter(each ->
            modes.contains(each.getKey())
                || (isDirectory(each.getValue())
                    && ((each.getValue().mode() & OWNERS) != OWNERS || !tools.hasTar())
                    && !isDirectory(there.get(each.getKey()))))
        .toList()
        .reversed()
        .forEach(each ->
            steps.call(
                "mode",
                List.of(Integer.toOctalString(each.getValue().mode())),
                List.of(target(each.getKey()))));
  }
}
