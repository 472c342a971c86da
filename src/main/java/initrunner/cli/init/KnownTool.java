package initrunner.cli.init;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A tool that a first role may have, as people are told of it.
enum KnownTool {
  SHELL("shell", "programs, one command at a time", Optional.empty()),
  PYTHON("python", "Python code", Optional.of("python3")),
  FILESYSTEM("filesystem", "reads, writes and searches files", Optional.empty()),
  GIT("git", "status, diff, log, add and commit", Optional.of("git")),
  JOBS("jobs", "programs that go on when the run ends", Optional.empty());

  private final String type;
  private final String meaning;
  private final Optional<String> needed;

  KnownTool(String type, String meaning, Optional<String> needed) {
    this.type = type;
    this.meaning = meaning;
    this.needed = needed;
  }

  static final class Words implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return types().iterator();
    }
  }

  static Optional<KnownTool> of(String type) {
    return Stream.of(values()).filter(each -> each.type.equals(type)).findFirst();
  }

  static List<String> types() {
    return Stream.of(values()).map(KnownTool::type).toList();
  }

  String type() {
    return type;
  }

  String meaning() {
    return meaning;
  }

  /// The program without which it is of no use; empty if it needs none.
  Optional<String> needed() {
    return needed;
  }

  /// The field that says where it starts, where that is not the place of all commands.
  String directoryField() {
    return switch (this) {
      case SHELL, PYTHON, JOBS -> "working_dir";
      case FILESYSTEM -> "root_path";
      case GIT -> "repo_path";
    };
  }

  /// Whether a role has it where no tools are named.
  boolean isUsual() {
    return this != JOBS;
  }

  /// Whether it reads only, unless the role says otherwise.
  boolean isReadOnlyByItself() {
    return this == FILESYSTEM || this == GIT;
  }
}
