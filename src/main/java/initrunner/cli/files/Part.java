package initrunner.cli.files;

import initrunner.transfer.Exchange;
import initrunner.transfer.tree.Selection;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What goes in one exchange.
///
/// @param shown what stands before its names where a person reads them: the directory that the
///   person named; empty for none
record Part(Exchange.Trees trees, Optional<String> shown) {

  /// A name as a person reads it: with the directory before it.
  ///
  /// @param name below the root; empty for the root itself
  String shown(String name) {
    String before = shown.map(it -> it.endsWith("/") ? it : it + "/").orElse("");
    return name.isEmpty() ? shown.orElse(".") : before + name;
  }

  /// The same without what these patterns match, unless it is one of the names.
  Part without(List<String> patterns) {
    Exchange.Trees all = trees;
    List<String> others =
        patterns.stream()
            .filter(pattern ->
                all.selection().tops().stream().noneMatch(top -> pattern.equals("/" + top.text())))
            .toList();
    return new Part(
        new Exchange.Trees(all.here(), all.there(), all.selection().without(others)), shown);
  }

  /// Gathers names: those of the same two directories go together. For one thread.
  static final class Gathered {
    private final Selection selection;
    private final Map<List<Object>, Part> byRoots = new LinkedHashMap<>();
    private final Map<List<Object>, Set<TreePath>> names = new HashMap<>();
    private final Map<String, String> taken = new HashMap<>();

    /// @param selection without names
    Gathered(Selection selection) {
      this.selection = selection;
    }

    /// All that is in a directory.
    void contents(Path here, String there, Optional<String> shown) {
      byRoots.put(
          List.of(here, there, "all"), new Part(new Exchange.Trees(here, there, selection), shown));
    }

    /// One name of a directory.
    ///
    /// @param written as the person wrote it
    /// @throws IllegalArgumentException if another one would take the same place
    void name(Part roots, String name, String written) {
      Exchange.Trees trees = roots.trees();
      List<Object> key = List.of(trees.here(), trees.there());
      String other = taken.putIfAbsent(name, written);
      Set<TreePath> together = names.computeIfAbsent(key, _ -> new TreeSet<>());
      if (other != null && !together.contains(TreePath.ofText(name))) {
        throw new IllegalArgumentException(
            "'"
                + other
                + "' and '"
                + written
                + "' would be in the same place; move them one by one");
      }
      together.add(TreePath.ofText(name));
      byRoots.put(key, roots);
    }

    /// The parts, in the order in which they were named.
    List<Part> parts() {
      List<Part> parts = new ArrayList<>();
      byRoots.forEach((key, part) -> {
        Set<TreePath> tops = names.getOrDefault(key, Set.of());
        Exchange.Trees trees = part.trees();
        parts.add(
            new Part(
                new Exchange.Trees(trees.here(), trees.there(), trees.selection().only(tops)),
                part.shown()));
      });
      return parts;
    }

    /// The roots of an exchange, of which names are added.
    Part roots(Path here, String there, Optional<String> shown) {
      return new Part(new Exchange.Trees(here, there, selection), shown);
    }
  }

  /// The same path for one directory, by whichever links it is named; what is not there yet keeps
  /// its name.
  static Path real(Path directory) {
    Path absolute = directory.toAbsolutePath();
    try {
      return absolute.toRealPath();
    } catch (IOException missing) {
      Path parent = absolute.getParent();
      Path name = absolute.getFileName();
      if (parent == null || name == null) {
        throw new UncheckedIOException(missing);
      }
      return real(parent).resolve(name).normalize();
    }
  }
}
