package initrunner.transfer;

import initrunner.exec.Stdin;
import initrunner.transfer.host.HostLook;
import initrunner.transfer.host.HostTools;
import initrunner.transfer.host.HostTree;
import initrunner.transfer.link.Packing;
import initrunner.transfer.tar.TarMember;
import initrunner.transfer.tar.TarStream;
import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.LocalTree;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.Stamp;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import initrunner.transfer.tree.Version;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Puts files of this machine on a host: all of them in one stream, into a staging directory in the
/// tree; then the host checks them and renames them. For one attempt and one thread.
final class Push {

  /// A larger file goes by itself, so that a broken link continues in its middle.
  static final int MOST_BYTES_IN_STREAM = 8 << 20;

  private static final int CONTENT_DIFFERS = 4;
  private static final int CHANGED_MEANWHILE = 5;

  private final Sides sides;
  private final LocalTree local;
  private final HostTree host;
  private final Staged staged;
  private final LastExchange last;
  private final Progress progress;
  private final PushContent content;
  private final PiecePush byThemselves;

  private final TreeMap<TreePath, Seen> wanted = new TreeMap<>();
  private final Set<TreePath> alone = new HashSet<>();

  /// The contents of files of which only the permissions change.
  private final Map<TreePath, String> unchanged;

  private final List<TreePath> removals;

  /// By which the host makes digests.
  private final String program;

  /// What came of an attempt.
  ///
  /// @param again whether the tree or the stream was not as expected, so that another look and
  ///   another attempt are due
  /// @param sent what is in its place there
  /// @param unreadable what could not be read here, each with its reason
  record Result(boolean again, Set<TreePath> sent, List<String> unreadable) {}

  /// What is to be done.
  ///
  /// @param unchanged the contents of those of the sends that the host has already with other
  ///   permissions
  record Order(List<TreePath> sends, Map<TreePath, String> unchanged, List<TreePath> removals) {}

  Push(
      Order order,
      Sides sides,
      LocalTree local,
      HostTree host,
      Staged staged,
      LastExchange last,
      Progress progress) {
    this.sides = sides;
    this.local = local;
    this.host = host;
    this.staged = staged;
    this.last = last;
    this.progress = progress;
    this.content = new PushContent(local, sides.tools());
    this.byThemselves = new PiecePush(sides, local, host, staged, content, progress);
    this.unchanged = order.unchanged();
    this.removals = order.removals();
    order
        .sends()
        .forEach(path ->
            Optional.ofNullable(sides.here().get(path)).ifPresent(seen -> wanted.put(path, seen)));
    program = sides.tools().hash(wanted.values().stream().mapToLong(Seen::size).sum());
  }

  /// Makes the attempt. Blocks; an interrupt ends it, and leaves the files there as they were.
  ///
  /// @throws TransferException if the host cannot take the files
  Result run() throws HostTree.LostException {
    Set<TreePath> arrived = staged.arrived(host, sides.tools(), local, wanted);
    List<TreePath> inStream = new ArrayList<>();
    for (Map.Entry<TreePath, Seen> each : wanted.entrySet()) {
      TreePath path = each.getKey();
      Seen seen = each.getValue();
      if (seen.kind() != Kind.FILE) {
        inStream.add(path);
      } else if (unchanged.containsKey(path)) {
        progress.finished(1);
      } else if (goesAlone(seen)) {
        alone.add(path);
        byThemselves.send(path, seen);
      } else if (arrived.contains(path) && content.digest(path)) {
        progress.moved(seen.size());
        progress.finished(1);
      } else {
        inStream.add(path);
      }
    }
    HostTree.Answer answer = place(inStream);
    return switch (answer.status()) {
      case 0 -> {
        keep(answer.output());
        yield new Result(false, sent().keySet(), content.unreadable());
      }
      case CONTENT_DIFFERS -> {
        staged.remove(host);
        yield new Result(true, Set.of(), content.unreadable());
      }
      case CHANGED_MEANWHILE -> new Result(true, Set.of(), content.unreadable());
      default -> {
        staged.remove(host);
        throw HostTree.failed(answer);
      }
    };
  }

  private boolean goesAlone(Seen seen) {
    return !sides.tools().hasTar() || seen.size() > MOST_BYTES_IN_STREAM;
  }

  private long size(TreePath path) {
    return Optional.ofNullable(wanted.get(path)).map(Seen::size).orElse(0L);
  }

  // All others in one stream, and behind them what the host does with them.

  private HostTree.Answer place(List<TreePath> inStream) throws HostTree.LostException {
    HostTools tools = sides.tools();
    Members members = new Members(inStream);
    Packing packing =
        tools.hasTar()
            ? sides.link().packingThere(inStream.stream().mapToLong(this::size).sum())
            : Packing.PLAIN;
    Stdin stdin =
        tools.hasTar()
            ? new Stdin.Stream(packing.packed(new TarStream(members)))
            : new Stdin.Bytes(steps());
    HostTree.Answer answer =
        host.runInStage(
            "place.sh",
            List.of(
                staged.directory(),
                program,
                tools.hash(),
                tools.form(),
                tools.hasTar() ? "tar" : "plain",
                packing.word()),
            stdin);
    members.failure.ifPresent(failure -> {
      throw failure;
    });
    return answer;
  }

  /// Before anything is put in its place there, this side notes what it is about to change.
  private byte[] steps() {
    SortedMap<TreePath, Seen> sent = sent();
    TreeMap<TreePath, Optional<Version>> begun = new TreeMap<>();
    sent.forEach((path, seen) -> begun.put(path, Optional.of(version(path, seen))));
    removals.forEach(path -> begun.put(path, Optional.empty()));
    last.begin(begun);
    return new PushSteps(sides.tools(), program, sides.there(), staged, alone, unchanged.keySet())
        .text(content, sent, removals);
  }

  /// The files, each read when it is its turn, and then the steps.
  private final class Members implements Iterator<TarStream.Member> {
    private final Iterator<TreePath> names;
    private Optional<TarStream.Member> ready = Optional.empty();
    private boolean isEnded;

    /// Why there are no steps: the host has done nothing then.
    private volatile Optional<TransferException> failure = Optional.empty();

    Members(List<TreePath> inStream) {
      this.names = inStream.iterator();
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && names.hasNext()) {
        TreePath path = names.next();
        ready = Optional.ofNullable(wanted.get(path)).flatMap(seen -> member(path, seen));
      }
      if (ready.isEmpty() && !isEnded) {
        isEnded = true;
        ready = last();
      }
      return ready.isPresent();
    }

    private Optional<TarStream.Member> last() {
      try {
        byte[] steps = steps();
        TarMember header = new TarMember("steps", Kind.FILE, 0600, steps.length, 0, "");
        return Optional.of(new TarStream.Member(header, steps));
      } catch (TransferException e) {
        failure = Optional.of(e);
        return Optional.empty();
      }
    }

    @Override
    public TarStream.Member next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      TarStream.Member next = ready.orElseThrow();
      ready = Optional.empty();
      return next;
    }
  }

  private Optional<TarStream.Member> member(TreePath path, Seen seen) {
    String name = Staged.inTree(path).bytes();
    long modified = Math.floorDiv(seen.stamp().modified(), TimeUnit.SECONDS.toNanos(1));
    return switch (seen.kind()) {
      case DIRECTORY -> {
        int mode = seen.mode() | PushSteps.OWNERS;
        yield Optional.of(
            new TarStream.Member(
                new TarMember(name, Kind.DIRECTORY, mode, 0, modified, ""), new byte[0]));
      }
      case LINK ->
          Optional.of(
              new TarStream.Member(
                  new TarMember(name, Kind.LINK, seen.mode(), 0, modified, seen.target()),
                  new byte[0]));
      case FILE ->
          content
              .whole(path)
              .map(bytes -> {
                progress.moved(bytes.length);
                progress.finished(1);
                return new TarStream.Member(
                    new TarMember(name, Kind.FILE, seen.mode(), bytes.length, modified, ""), bytes);
              });
    };
  }

  private SortedMap<TreePath, Seen> sent() {
    TreeMap<TreePath, Seen> sent = new TreeMap<>();
    wanted.forEach((path, seen) -> {
      if (seen.kind() != Kind.FILE || unchanged.containsKey(path) || content.holds(path)) {
        sent.put(path, seen);
      }
    });
    return sent;
  }

  private Version version(TreePath path, Seen seen) {
    String same = unchanged.getOrDefault(path, "");
    return seen.version(content.sha256(path).orElse(same));
  }

  // What is known afterwards.

  private void keep(byte[] answer) {
    List<String> lines = new String(answer, StandardCharsets.ISO_8859_1).lines().toList();
    SortedMap<TreePath, Seen> sent = sent();
    List<TreePath> files = PushSteps.files(sent).toList();
    Map<TreePath, Stamp> stamps = new HashMap<>();
    if (lines.size() == files.size() + 1) {
      for (int i = 0; i < files.size(); i++) {
        TreePath file = files.get(i);
        stamp(lines.getFirst(), lines.get(i + 1)).ifPresent(stamp -> stamps.put(file, stamp));
      }
    }
    sent.forEach((path, seen) ->
        last.put(
            path,
            new Known(
                version(path, seen),
                sides.settledHere(seen),
                Optional.ofNullable(stamps.get(path)))));
    removals.forEach(last::remove);
    last.ended();
  }

  private Optional<Stamp> stamp(String now, String line) {
    try {
      long clock = Long.parseLong(now);
      return sides.tools().seen(line, "").map(Seen::stamp).filter(it -> it.isSettled(clock));
    } catch (HostLook.UnreadableException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
