package initrunner.transfer;

import initrunner.text.SafeText;
import initrunner.transfer.Comparison.Three;
import initrunner.transfer.host.HostLook;
import initrunner.transfer.host.HostTools;
import initrunner.transfer.host.HostTree;
import initrunner.transfer.link.Link;
import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.LocalTree;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.Stamp;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import initrunner.transfer.tree.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Both sides of an exchange as one look at each found them, and what is known of their contents. A
/// file is read only where its digest decides something. For one thread.
final class Sides {

  /// The content of a file that no other version is equal to, because nothing was read.
  private static final String UNREAD = "?";

  private final LocalTree local;
  private final HostTree host;
  private final HostTools tools;
  private final SortedMap<TreePath, Seen> here;
  private final SortedMap<TreePath, Seen> there;
  private final long nowHere;
  private final long nowThere;
  private final LastExchange last;
  private final Link link;
  private final Map<TreePath, String> digestsHere = new HashMap<>();
  private final Map<TreePath, String> digestsThere = new HashMap<>();

  /// @param there what the host holds of what takes part
  Sides(
      LocalTree local,
      HostTree host,
      LocalTree.Look look,
      HostLook hostLook,
      SortedMap<TreePath, Seen> there,
      LastExchange last) {
    this.local = local;
    this.host = host;
    this.tools = hostLook.tools();
    this.here = look.entries();
    this.nowHere = look.now();
    this.nowThere = hostLook.now();
    this.there = there;
    this.last = last;
    this.link = new Link(tools.hasGzip(), hostLook.firstByte(), host::roundTrip);
  }

  HostTools tools() {
    return tools;
  }

  Link link() {
    return link;
  }

  /// The stamp of a file here, if a later change cannot have the same.
  Optional<Stamp> settledHere(Seen seen) {
    return Optional.of(seen.stamp()).filter(stamp -> stamp.isSettled(nowHere));
  }

  /// The same of a file there.
  Optional<Stamp> settledThere(Seen seen) {
    return Optional.of(seen.stamp()).filter(stamp -> stamp.isSettled(nowThere));
  }

  SortedMap<TreePath, Seen> here() {
    return here;
  }

  SortedMap<TreePath, Seen> there() {
    return there;
  }

  /// The versions of all names of either side and of the last exchange. Reads files here, and asks
  /// the host for the digests that are needed, with at most one question.
  ///
  /// @param within which names of the last exchange take part
  SortedMap<TreePath, Three> versions(Collection<TreePath> within) throws HostTree.LostException {
    TreeSet<TreePath> names = new TreeSet<>(here.keySet());
    names.addAll(there.keySet());
    names.addAll(within);
    List<TreePath> unread = new ArrayList<>();
    for (TreePath name : names) {
      Optional<Known> known = last.known(name);
      readHere(name, known);
      if (isReadThere(name, known)) {
        unread.add(name);
      }
    }
    ask(unread);
    TreeMap<TreePath, Three> versions = new TreeMap<>();
    for (TreePath name : names) {
      Optional<Version> thereNow = version(there, digestsThere, name, "there");
      Optional<Version> before =
          last.wasBegun(name, thereNow) ? thereNow : last.known(name).map(Known::version);
      versions.put(name, new Three(version(here, digestsHere, name, "here"), thereNow, before));
    }
    return versions;
  }

  private static Optional<Version> version(
      Map<TreePath, Seen> side, Map<TreePath, String> digests, TreePath name, String where) {
    return Optional.ofNullable(side.get(name))
        .map(seen -> seen.version(digests.getOrDefault(name, UNREAD + where)));
  }

  private static Optional<Known> file(Optional<Known> known) {
    return known.filter(it -> it.version().kind() == Kind.FILE);
  }

  private void readHere(TreePath name, Optional<Known> known) {
    Seen seen = here.get(name);
    if (seen == null || seen.kind() != Kind.FILE) {
      return;
    }
    Optional<Known> same =
        file(known).filter(it -> it.here().filter(seen.stamp()::equals).isPresent());
    if (same.isPresent()) {
      digestsHere.put(name, same.get().version().content());
    } else if (decides(seen, there.get(name), known)) {
      digestHere(name);
    }
  }

  private static TransferException unreadable(TreePath name, IOException e) {
    return TransferException.here("'" + SafeText.oneLine(name.text()) + "' cannot be read", e);
  }

  /// The SHA-256 of a file here, read at most once.
  private void digestHere(TreePath name) {
    try {
      local.sha256(name).ifPresent(digest -> digestsHere.put(name, digest));
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private boolean isReadThere(TreePath name, Optional<Known> known) {
    Seen seen = there.get(name);
    if (seen == null || seen.kind() != Kind.FILE) {
      return false;
    }
    Optional<Known> same =
        file(known).filter(it -> it.there().filter(seen.stamp()::equals).isPresent());
    same.ifPresent(it -> digestsThere.put(name, it.version().content()));
    return same.isEmpty() && decides(seen, here.get(name), known);
  }

  /// Whether the digest of a file can make it equal to another version.
  private static boolean decides(Seen seen, @Nullable Seen other, Optional<Known> known) {
    if (other != null && other.kind() == Kind.FILE && other.size() == seen.size()) {
      return true;
    }
    return file(known)
        .map(it -> it.here().or(it::there).map(stamp -> stamp.size() == seen.size()).orElse(true))
        .orElse(false);
  }

  private void ask(List<TreePath> unread) throws HostTree.LostException {
    if (unread.isEmpty() || !tools.canHash()) {
      return;
    }
    long bytes =
        unread.stream()
            .flatMap(name -> Optional.ofNullable(there.get(name)).stream())
            .mapToLong(Seen::size)
            .sum();
    List<Optional<String>> digests = host.digests(tools, unread, bytes);
    for (int i = 0; i < unread.size(); i++) {
      TreePath name = unread.get(i);
      Optional<String> digest =
          tools.onlyChecksums()
              ? digests.get(i).flatMap(checksum -> sameHere(name, checksum))
              : digests.get(i);
      digest.ifPresent(it -> digestsThere.put(name, it));
    }
  }

  /// The digest of the file here, if its checksum is the one that the host gives.
  private Optional<String> sameHere(TreePath name, String checksum) {
    try {
      if (!here.containsKey(name) || !local.checksum(name).equals(Optional.of(checksum))) {
        return Optional.empty();
      }
    } catch (IOException e) {
      throw unreadable(name, e);
    }
    if (!digestsHere.containsKey(name)) {
      digestHere(name);
    }
    return Optional.ofNullable(digestsHere.get(name));
  }

  /// What git ignores here takes no part there either, unless it is asked for by its name; nor do
  /// directories without files, which git does not know.
  static void leaveOutIgnored(
      LocalTree.Look look, Set<TreePath> tops, SortedMap<TreePath, Seen> there) {
    TreeMap<TreePath, Seen> others = new TreeMap<>(there);
    others.keySet().removeAll(look.entries().keySet());
    others.keySet().removeIf(name -> !look.git().rules(name));
    if (others.isEmpty()) {
      return;
    }
    TreeMap<TreePath, Seen> asked = new TreeMap<>(there);
    asked.keySet().retainAll(tops);
    Set<TreePath> taken = look.git().ignored(asked);
    others.keySet().removeIf(name -> taken.contains(name.top()));
    Set<TreePath> left = look.git().ignored(others);
    TreeSet<TreePath> parents = new TreeSet<>();
    others.forEach((name, seen) -> {
      if (seen.kind() != Kind.DIRECTORY && !left.contains(name)) {
        Optional<TreePath> each = name.parent();
        while (each.isPresent() && parents.add(each.get())) {
          each = each.get().parent();
        }
      }
    });
    others.forEach((name, seen) -> {
      if (left.contains(name) || (seen.kind() == Kind.DIRECTORY && !parents.contains(name))) {
        there.remove(name);
      }
    });
  }
}
