package initrunner.cli.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A path of a host as a person writes it: below where commands start there, below `~/`, or
/// absolute. Immutable.
///
/// @param text without `.` in its middle and without a `/` too many; `.` for where commands start
/// @param contents whether it was written as what is in a directory: `.`, `..`, `~`, `/`, `DIR/.`
record HostPath(String text, boolean contents) {

  private static final String HOME = "~";

  /// @throws IllegalArgumentException with the reason, if it cannot be one
  static HostPath of(String written) {
    if (written.isEmpty()) {
      throw new IllegalArgumentException("an empty text is no path of the host");
    }
    if (written.startsWith(HOME) && !written.equals(HOME) && !written.startsWith("~/")) {
      throw new IllegalArgumentException(
          "'" + written + "': of home directories only ~/ is known; write it as an absolute path");
    }
    List<String> parts = new ArrayList<>(List.of(written.split("/+")));
    String last = parts.isEmpty() ? "" : parts.getLast();
    if (parts.size() > 1 && parts.contains("..")) {
      throw new IllegalArgumentException(
          "'" + written + "' leads up by ..; write where it leads, absolute or below ~/");
    }
    parts.removeIf(part -> part.isEmpty() || part.equals("."));
    String joined = String.join("/", parts);
    String text = written.startsWith("/") ? "/" + joined : joined.isEmpty() ? "." : joined;
    boolean contents =
        last.equals(".") || last.equals("..") || text.equals(HOME) || text.equals("/");
    return new HostPath(text, contents);
  }

  /// The last part.
  String name() {
    return text.substring(text.lastIndexOf('/') + 1);
  }

  /// The directory that it is in.
  String parent() {
    int slash = text.lastIndexOf('/');
    return slash < 0 ? "." : slash == 0 ? "/" : text.substring(0, slash);
  }

  /// What stands before its name where a person reads it; empty for where commands start.
  Optional<String> shownParent() {
    return Optional.of(parent()).filter(parent -> !parent.equals("."));
  }
}
