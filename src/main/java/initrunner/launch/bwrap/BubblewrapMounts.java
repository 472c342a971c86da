package initrunner.launch.bwrap;

import initrunner.launch.Cover;
import initrunner.launch.Mount;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What bubblewrap is told of mounts and of what covers them. Immutable.
///
/// @param before words that stand in front of `bwrap`
record BubblewrapMounts(List<String> before, List<String> options) {

  /// No shell knows a descriptor of two digits.
  private static final List<String> DESCRIPTORS = List.of("9", "8", "7", "6", "5");

  /// What is mounted below something else has to come after it.
  ///
  /// @param filter a format of `printf` that prints what bubblewrap is to filter; blank for nothing
  static BubblewrapMounts of(List<Mount> mounts, List<Cover> covers, String filter) {
    List<Cover> all =
        Stream.concat(mounts.stream().map(Cover.Itself::new), covers.stream())
            .sorted(Comparator.comparingInt(BubblewrapMounts::depth))
            .toList();
    Deque<String> free = new ArrayDeque<>(DESCRIPTORS);
    List<String> options = new ArrayList<>();
    all.forEach(cover -> options.addAll(options(cover, free)));
    return new BubblewrapMounts(
        opened(DESCRIPTORS.subList(0, DESCRIPTORS.size() - free.size()), filter),
        List.copyOf(options));
  }

  private static int depth(Cover cover) {
    return Path.of(cover.target()).normalize().getNameCount();
  }

  private static List<String> options(Cover cover, Deque<String> free) {
    return switch (cover) {
      case Cover.Itself(Mount mount) ->
          switch (mount.access()) {
            case READ_ONLY -> List.of("--ro-bind", mount.source(), mount.target());
            case READ_WRITE -> List.of("--bind", mount.source(), mount.target());
          };
      case Cover.EmptyDirectory(String target) ->
          List.of("--tmpfs", target, "--remount-ro", target);
      // Bubblewrap allows no device among what it mounts: that one cannot even be read.
      case Cover.EmptyFile(String target) when free.isEmpty() ->
          List.of("--ro-bind", "/dev/null", target);
      case Cover.EmptyFile(String target) -> List.of("--ro-bind-data", free.removeFirst(), target);
    };
  }

  /// Bubblewrap reads the contents of a file from a descriptor that it has got.
  private static List<String> opened(List<String> descriptors, String filter) {
    String redirected =
        descriptors.stream()
            .map(descriptor -> " " + descriptor + "</dev/null")
            .collect(Collectors.joining());
    if (!filter.isEmpty()) {
      // Only a pipe takes bytes that no argument can have; the command keeps its own input.
      return List.of(
          "sh",
          "-c",
          "exec 4<&0; printf '"
              + filter
              + "' | (exec \"$0\" --seccomp 3 \"$@\" 3<&0 <&4 4<&-"
              + redirected
              + ")");
    }
    return descriptors.isEmpty()
        ? List.of()
        : List.of("sh", "-c", "exec \"$0\" \"$@\"" + redirected);
  }
}
