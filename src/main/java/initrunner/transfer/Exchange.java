package initrunner.transfer;

import initrunner.exec.TransportException;
import initrunner.exec.transport.Transport;
import initrunner.text.OwnersFile;
import initrunner.transfer.Comparison.Three;
import initrunner.transfer.host.HostLook;
import initrunner.transfer.host.HostTree;
import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.LocalTree;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.Selection;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import initrunner.transfer.tree.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/// An exchange of files between a tree here and one on a host: one question, what is there, and one
/// stream in each direction. An edit of either side is never lost: what both have changed since the
/// last exchange stays as it is on both, and is named.
///
/// Safe for several threads; two exchanges of the same trees exclude each other. A broken link is
/// tried again, and continues with what is missing.
public final class Exchange {

  private static final int ATTEMPTS = 5;
  private static final Duration FIRST_WAIT = Duration.ofMillis(500);

  private final Transport transport;
  private final String hostName;
  private final Optional<String> start;
  private final Path states;

  /// The trees of one exchange.
  ///
  /// @param here an absolute path
  /// @param there a path of the host: absolute, below `~/`, or below where its commands start
  public record Trees(Path here, String there, Selection selection) {}

  /// @param hostName what the host is reached as; it names the state of the last exchange
  /// @param start where commands start on the host; empty for the login directory
  /// @param states the directory of the states of last exchanges, on this side
  public Exchange(Transport transport, String hostName, Optional<String> start, Path states) {
    this.transport = transport;
    this.hostName = hostName;
    this.start = start;
    this.states = states;
  }

  /// Says what [#run] would do, and does nothing. Blocks.
  ///
  /// @throws TransferException if one side cannot be listed
  /// @throws TransportException if the host cannot be reached
  public TransferReport plan(Trees trees, Rules rules) {
    try (LastExchange last = LastExchange.open(states, key(trees))) {
      return new Attempt(trees, rules, last, Progress.NONE, new Report()).planned();
    } catch (HostTree.LostException e) {
      throw lost(e);
    }
  }

  /// Makes the exchange. Blocks; an interrupt ends it with each file whole, as one of its versions.
  ///
  /// @throws TransferException if it cannot be made, or not to its end
  /// @throws TransportException if the host cannot be reached
  public TransferReport run(Trees trees, Rules rules, Progress progress) {
    try (LastExchange last = LastExchange.open(states, key(trees))) {
      Duration wait = FIRST_WAIT;
      Report before = new Report();
      for (int attempt = 1; ; attempt++) {
        String why;
        try {
          Attempt made = new Attempt(trees, rules, last, progress, before.after());
          TransferReport report = made.run();
          if (!made.again) {
            return report;
          }
          if (attempt == ATTEMPTS) {
            return report.with(
                "some files changed during each of %d attempts, and stay as they were"
                    .formatted(ATTEMPTS));
          }
          before = made.report;
          why = "files changed meanwhile";
        } catch (HostTree.LostException e) {
          if (attempt == ATTEMPTS || Thread.currentThread().isInterrupted()) {
            throw lost(e);
          }
          why = String.valueOf(e.getMessage());
        } catch (TransportException e) {
          if (attempt == 1 || attempt == ATTEMPTS) {
            throw e;
          }
          why = String.valueOf(e.getMessage());
        }
        progress.waits(why);
        pause(wait);
        wait = wait.multipliedBy(2);
      }
    }
  }

  private static void pause(Duration wait) {
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw lost(new HostTree.LostException("stopped"));
    }
  }

  private static TransferException lost(HostTree.LostException e) {
    return new TransferException(
        "the transfer did not come to its end: " + e.getMessage(),
        "Each file is whole, as before or as after. The same again goes on with what is missing.");
  }

  private String key(Trees trees) {
    return LastExchange.key(hostName, start.orElse("") + "\0" + trees.there(), trees.here());
  }

  /// One attempt: a look at both sides, and what follows from it.
  private final class Attempt {
    private final Trees trees;
    private final Rules rules;
    private final LastExchange last;
    private final Progress progress;
    private final LocalTree local;
    private final HostTree host;
    private final String key;
    private final Report report;
    private List<String> missing = List.of();
    private boolean again;

    /// @param report goes on with this
    Attempt(Trees trees, Rules rules, LastExchange last, Progress progress, Report report) {
      this.report = report;
      this.trees = trees;
      this.rules = rules;
      this.last = last;
      this.progress = progress;
      this.local = new LocalTree(trees.here());
      this.host = new HostTree(transport, start, trees.there());
      this.key = Exchange.this.key(trees).substring(0, 8);
    }

    /// @param isRootMissing whether the root is not there
    private record Both(
        Sides sides, Staged staged, SortedMap<TreePath, Three> versions, boolean isRootMissing) {}

    private Both look() throws HostTree.LostException {
      Selection selection = trees.selection();
      List<TreePath> tops = new ArrayList<>(selection.tops());
      if (!tops.isEmpty()) {
        tops.add(Staged.name(key));
      }
      FutureTask<LocalTree.Look> looking = new FutureTask<>(() -> local.look(selection));
      Thread.ofVirtual().start(looking);
      HostLook hostLook = host.look(tops, selection.leftOutByHost());
      LocalTree.Look look = Asked.answer(looking);
      requireUsable(hostLook);
      missing = missing(hostLook);
      Staged staged = new Staged(key, hostLook.entries());
      TreeMap<TreePath, Seen> there = new TreeMap<>();
      Selection.Test test = selection.test();
      hostLook
          .entries()
          .forEach((path, seen) -> {
            if (test.reaches(path)) {
              there.put(path, seen);
            }
          });
      Sides.leaveOutIgnored(look, selection.tops(), there);
      Sides sides = new Sides(local, host, look, hostLook, there, last);
      TreeSet<TreePath> names = new TreeSet<>();
      last.names()
          .forEach(path -> {
            if (test.reaches(path)) {
              names.add(path);
            }
          });
      SortedMap<TreePath, Three> versions = sides.versions(names);
      boolean isGone = !names.isEmpty() && (there.isEmpty() || look.entries().isEmpty());
      return new Both(
          sides,
          staged,
          isGone ? Comparison.withoutBefore(versions) : versions,
          hostLook.state() == HostLook.State.MISSING);
    }

    /// What was asked for by its name, and is not there.
    private List<String> missing(HostLook hostLook) {
      if (rules.direction() != Rules.Direction.PULL) {
        return List.of();
      }
      Set<TreePath> asked = trees.selection().tops();
      if (asked.isEmpty()) {
        return hostLook.state() == HostLook.State.MISSING ? List.of("") : List.of();
      }
      return asked.stream()
          .filter(top -> !hostLook.entries().containsKey(top))
          .map(TreePath::text)
          .sorted()
          .toList();
    }

    private void requireUsable(HostLook look) {
      if (look.state() == HostLook.State.FILE) {
        throw new TransferException(
            "'" + trees.there() + "' on the host is no directory", "Name another with --to.");
      }
      if (!look.tools().canList() || !look.tools().canHash()) {
        throw new TransferException(
            "the host has neither a find nor a stat that tells of files, or no program for digests",
            "Install coreutils or BusyBox there.");
      }
    }

    TransferReport planned() throws HostTree.LostException {
      Both both = look();
      for (Step step : Comparison.steps(both.versions(), rules)) {
        report.planned(step, both.sides());
      }
      report.missing(missing);
      return report.made();
    }

    TransferReport run() throws HostTree.LostException {
      Both both = look();
      List<TreePath> sends = new ArrayList<>();
      Map<TreePath, String> unchanged = new HashMap<>();
      List<TreePath> removalsThere = new ArrayList<>();
      List<TreePath> fetches = new ArrayList<>();
      List<TreePath> removalsHere = new ArrayList<>();
      for (Step step : Comparison.steps(both.versions(), rules)) {
        switch (step) {
          case Step.Same(TreePath path, Version version) -> note(path, version, both.sides());
          case Step.Gone(TreePath path) -> last.remove(path);
          case Step.Send(TreePath path) -> {
            sends.add(path);
            Optional.ofNullable(both.versions().get(path))
                .filter(Attempt::differInModeOnly)
                .flatMap(Three::here)
                .ifPresent(version -> unchanged.put(path, version.content()));
          }
          case Step.RemoveThere(TreePath path) -> removalsThere.add(path);
          case Step.Fetch(TreePath path) -> fetches.add(path);
          case Step.RemoveHere(TreePath path) -> removalsHere.add(path);
          case Step.Left _ -> {}
          case Step.Conflict _ -> {}
        }
        report.planned(step, both.sides());
      }
      report.missing(missing);
      begin(both.sides(), sends, fetches);
      if (!sends.isEmpty() || !removalsThere.isEmpty()) {
        push(both, new Push.Order(sends, unchanged, removalsThere));
      } else if (rules.direction().pushes() && both.staged().isThere()) {
        both.staged().remove(host);
      } else if (rules.direction().pushes() && both.isRootMissing()) {
        push(both, new Push.Order(List.of(), Map.of(), List.of()));
      }
      pull(both, fetches, removalsHere);
      last.save();
      return report.made();
    }

    private static boolean differInModeOnly(Three three) {
      return three.here().isPresent()
          && three.there().isPresent()
          && three.here().get().kind() == Kind.FILE
          && three.there().get().kind() == Kind.FILE
          && three.here().get().content().equals(three.there().get().content());
    }

    private void note(TreePath path, Version version, Sides sides) {
      Optional<Seen> here = Optional.ofNullable(sides.here().get(path));
      Optional<Seen> there = Optional.ofNullable(sides.there().get(path));
      last.put(
          path,
          new Known(version, here.flatMap(sides::settledHere), there.flatMap(sides::settledThere)));
    }

    private void begin(Sides sides, List<TreePath> sends, List<TreePath> fetches) {
      List<Seen> files =
          Stream.concat(
                  sends.stream().map(path -> sides.here().get(path)),
                  fetches.stream().map(path -> sides.there().get(path)))
              .filter(seen -> seen.kind() == Kind.FILE)
              .toList();
      progress.begin(files.size(), files.stream().mapToLong(Seen::size).sum());
    }

    private void push(Both both, Push.Order order) throws HostTree.LostException {
      TreeMap<TreePath, Seen> wanted = new TreeMap<>(both.sides().here());
      wanted.keySet().retainAll(Set.copyOf(order.sends()));
      Staged staged = both.staged();
      if (staged.isOtherThan(wanted)) {
        staged.remove(host);
        staged = new Staged(key, new TreeMap<>());
      }
      Push push = new Push(order, both.sides(), local, host, staged, last, progress);
      Push.Result result = push.run();
      again |= result.again();
      report.sentOnly(result.sent());
      if (result.again()) {
        report.removedNothingThere();
      }
      report.refused(result.unreadable());
    }

    private void pull(Both both, List<TreePath> fetches, List<TreePath> removals)
        throws HostTree.LostException {
      Path staging = trees.here().resolve(Selection.OWN + "pull-" + key);
      try {
        if (!fetches.isEmpty() || !removals.isEmpty()) {
          Files.createDirectories(trees.here());
          boolean isResumed = Files.exists(staging);
          OwnersFile.createDirectories(staging);
          Harmless harmless = Harmless.of(fetches, both.sides(), rules.take(), staging);
          report.refused(harmless.refused());
          NewDirectories newDirectories =
              new NewDirectories(harmless.taken(), both.sides().there(), trees.here());
          Pull.Result result =
              new Pull(harmless.taken(), newDirectories, both.sides(), host, staging, progress)
                  .run(isResumed);
          LocalPlacement.Result placed =
              new LocalPlacement(
                      local,
                      both.sides(),
                      result.arrivals(),
                      result.digests(),
                      last,
                      newDirectories)
                  .run(harmless.taken(), removals);
          again |= result.again() || placed.again();
          report.refused(result.unreadable());
          report.refused(placed.refused());
          report.fetchedOnly(placed.placed());
        }
        if (!again) {
          deleteTree(staging);
        }
      } catch (IOException | UncheckedIOException e) {
        throw TransferException.here("the files cannot be written here", e);
      }
    }

    private static void deleteTree(Path directory) throws IOException {
      if (Files.exists(directory)) {
        try (Stream<Path> files = Files.walk(directory)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    }
  }
}
