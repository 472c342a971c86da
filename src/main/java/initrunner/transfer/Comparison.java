package initrunner.transfer;

import initrunner.transfer.Step.Conflict;
import initrunner.transfer.Step.Fetch;
import initrunner.transfer.Step.Gone;
import initrunner.transfer.Step.Left;
import initrunner.transfer.Step.RemoveHere;
import initrunner.transfer.Step.RemoveThere;
import initrunner.transfer.Step.Same;
import initrunner.transfer.Step.Send;
import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.TreePath;
import initrunner.transfer.tree.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Decides what an exchange does: a pure function of the three versions of each name, that of this
/// machine, that of the host, and that which the last exchange left on both. Stateless.
final class Comparison {

  private Comparison() {}

  /// The three versions of one name.
  record Three(Optional<Version> here, Optional<Version> there, Optional<Version> before) {}

  /// The same as if there had been no exchange before. For a side on which all is gone: a host that
  /// was made anew, or a disk that is not mounted, has removed nothing.
  static SortedMap<TreePath, Three> withoutBefore(SortedMap<TreePath, Three> names) {
    TreeMap<TreePath, Three> all = new TreeMap<>();
    names.forEach(
        (path, three) -> all.put(path, new Three(three.here(), three.there(), Optional.empty())));
    return all;
  }

  /// The steps, a directory's before those of what is in it.
  static List<Step> steps(SortedMap<TreePath, Three> names, Rules rules) {
    TreeMap<TreePath, Step> steps = new TreeMap<>();
    names.forEach((path, three) -> steps.put(path, step(path, three, rules)));
    refuseWhatStandsInTheWay(steps, names);
    return List.copyOf(steps.values());
  }

  private static Step step(TreePath path, Three three, Rules rules) {
    Optional<Version> here = three.here();
    Optional<Version> there = three.there();
    if (here.equals(there)) {
      return here.<Step>map(version -> new Same(path, version)).orElseGet(() -> new Gone(path));
    }
    boolean changedHere = !here.equals(three.before());
    boolean changedThere = !there.equals(three.before());
    if (changedHere && changedThere) {
      return switch (rules.take()) {
        case NEITHER -> new Conflict(path, conflict(three));
        case HERE -> rules.direction().pushes() ? toHost(path, here, true) : new Left(path);
        case THERE -> rules.direction().pulls() ? toHere(path, there, true) : new Left(path);
      };
    }
    boolean follows = rules.deletion() == Rules.Deletion.FOLLOWED;
    if (changedHere) {
      return rules.direction().pushes()
          ? toHost(path, here, follows)
          : unread(path, there, three, rules.take() == Rules.Take.THERE, new Fetch(path));
    }
    return rules.direction().pulls()
        ? toHere(path, there, follows)
        : unread(path, here, three, rules.take() == Rules.Take.HERE, new Send(path));
  }

  /// What becomes of a change of the side that this exchange writes on.
  ///
  /// @param kept the version of the side that it reads
  private static Step unread(
      TreePath path, Optional<Version> kept, Three three, boolean isTaken, Step taken) {
    boolean isChange = kept.isPresent() && three.before().isPresent();
    return isChange && isTaken ? taken : new Left(path);
  }

  private static String conflict(Three three) {
    if (three.before().isEmpty()) {
      return "differs on the two sides";
    }
    return three.here().isEmpty()
        ? "removed here, changed on the host"
        : three.there().isEmpty() ? "changed here, removed on the host" : "changed on both sides";
  }

  private static Step toHost(TreePath path, Optional<Version> here, boolean follows) {
    return here.isPresent() ? new Send(path) : follows ? new RemoveThere(path) : new Left(path);
  }

  private static Step toHere(TreePath path, Optional<Version> there, boolean follows) {
    return there.isPresent() ? new Fetch(path) : follows ? new RemoveHere(path) : new Left(path);
  }

  /// A file cannot take the place of a directory in which something stays, nor can anything come
  /// below a file that stays.
  private static void refuseWhatStandsInTheWay(
      NavigableMap<TreePath, Step> steps, SortedMap<TreePath, Three> names) {
    for (TreePath path : new ArrayList<>(steps.keySet())) {
      Step step = steps.get(path);
      if (step instanceof Send || step instanceof Fetch) {
        bringDirectories(path, step instanceof Send, steps, names);
      }
    }
    for (TreePath path : new ArrayList<>(steps.keySet())) {
      Step step = steps.get(path);
      if (step instanceof Send || step instanceof Fetch) {
        inTheWay(path, step, steps, names)
            .ifPresent(reason -> steps.put(path, new Conflict(path, reason)));
      }
    }
  }

  /// What comes brings the directories that it is in, even those that the other side has removed.
  private static void bringDirectories(
      TreePath path,
      boolean sends,
      NavigableMap<TreePath, Step> steps,
      SortedMap<TreePath, Three> names) {
    for (Optional<TreePath> each = path.parent(); each.isPresent(); each = each.get().parent()) {
      TreePath directory = each.get();
      Three three = names.get(directory);
      if (three == null
          || !isDirectory(sends ? three.here() : three.there())
          || (sends ? three.there() : three.here()).isPresent()) {
        return;
      }
      steps.put(directory, sends ? new Send(directory) : new Fetch(directory));
    }
  }

  private static Optional<String> inTheWay(
      TreePath path,
      Step step,
      NavigableMap<TreePath, Step> steps,
      SortedMap<TreePath, Three> names) {
    boolean sends = step instanceof Send;
    String side = sends ? "on the host" : "here";
    Optional<TreePath> parent = path.parent();
    if (parent.isPresent()) {
      Step above = steps.get(parent.get());
      Three three = names.get(parent.get());
      boolean comes = sends ? above instanceof Send : above instanceof Fetch;
      if (three != null && !comes && !isDirectory(sends ? three.there() : three.here())) {
        return Optional.of("its directory is no directory " + side);
      }
    }
    Three own = names.get(path);
    boolean replacesDirectory =
        own != null
            && isDirectory(sends ? own.there() : own.here())
            && !isDirectory(sends ? own.here() : own.there());
    if (replacesDirectory && !allGo(path, sends, steps, names)) {
      return Optional.of("is a directory " + side + ", and something in it stays");
    }
    return Optional.empty();
  }

  private static boolean isDirectory(Optional<Version> version) {
    return version.filter(it -> it.kind() == Kind.DIRECTORY).isPresent();
  }

  private static boolean allGo(
      TreePath directory,
      boolean there,
      NavigableMap<TreePath, Step> steps,
      SortedMap<TreePath, Three> names) {
    for (TreePath path : steps.tailMap(directory.firstBelow(), true).keySet()) {
      if (!path.isBelow(directory)) {
        return true;
      }
      Three three = names.get(path);
      boolean exists = three != null && (there ? three.there() : three.here()).isPresent();
      Step step = steps.get(path);
      boolean goes = there ? step instanceof RemoveThere : step instanceof RemoveHere;
      if (exists && !goes) {
        return false;
      }
    }
    return true;
  }
}
