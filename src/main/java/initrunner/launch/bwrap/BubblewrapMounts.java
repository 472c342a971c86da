package initrunner.launch.bwrap;

import initrunner.launch.Containment;
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

/// Bubblewrap's options for mounts and what covers them. Immutable.
///
/// @param before words in front of `bwrap`
record BubblewrapMounts(List<String> before, List<String> options) {

  /// A POSIX shell redirects descriptors of one digit only.
  private static final List<String> DESCRIPTORS = List.of("9", "8", "7", "6", "5");

  /// A mount below another one comes after it.
  ///
  /// @param filter a format of `printf` that prints a filter of system calls; blank for none
  static BubblewrapMounts of(Containment containment, String filter) {
    List<Cover> all =
        Stream.concat(
                containment.mounts().stream().map(Cover.Itself::new), containment.covers().stream())
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
      // Bubblewrap mounts devices unusable, so a command cannot even read this one.
      case Cover.EmptyFile(String target) when free.isEmpty() ->
          List.of("--ro-bind", "/dev/null", target);
      case Cover.EmptyFile(String target) -> List.of("--ro-bind-data", free.removeFirst(), target);
    };
  }

  /// Opens the descriptors from which bubblewrap reads the contents of files.
  private static List<String> opened(List<String> descriptors, String filter) {
    String redirected =
        descriptors.stream()
            .map(descriptor -> " " + descriptor + "</dev/null")
            .collect(Collectors.joining());
    if (!filter.isEmpty()) {
      // A filter has bytes that no argument can hold, so it travels through a pipe; descriptor 4
      // keeps the command's own input.
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
