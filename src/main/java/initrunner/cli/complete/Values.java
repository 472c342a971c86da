package initrunner.cli.complete;

import initrunner.cli.options.WaitingRunIds;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;

/// What a shell offers as the value of an option or a word. Immutable.
///
/// @param words for [Kind#WORDS] and [Kind#LIST] only
record Values(Kind kind, List<String> words) {

  enum Kind {
    /// A switch: it has no value.
    NONE,
    /// A text that no shell knows.
    FREE,
    WORDS,
    /// Words with commas between them.
    LIST,
    HOST,
    /// Hosts and groups with commas between them.
    HOSTS,
    ROLE,
    FILE,
    DIRECTORY,
    RECORDED_RUN,
    WAITING_RUN,
    /// The two dashes in front of another program's command line.
    DELIMITER;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Values {
    words = List.copyOf(words);
  }

  static Values of(Kind kind) {
    return new Values(kind, List.of());
  }

  static Values words(List<String> words) {
    return new Values(Kind.WORDS, words);
  }

  /// What the declaration of an option or a word says.
  ///
  /// @param label one word of its label
  static Values of(ArgSpec declared, String label) {
    if (declared.arity().max() == 0) {
      return of(Kind.NONE);
    }
    Iterable<String> candidates = declared.completionCandidates();
    if (candidates != null) {
      return ofCandidates(candidates, declared.splitRegex());
    }
    // A directory that is a text is one of the host.
    return label.equals("DIR") && declared.type() != Path.class ? of(Kind.FREE) : ofLabel(label);
  }

  private static Values ofCandidates(Iterable<String> candidates, @Nullable String split) {
    return switch (candidates) {
      case WaitingRunIds _ -> of(Kind.WAITING_RUN);
      default ->
          new Values(
              split == null || split.isEmpty() ? Kind.WORDS : Kind.LIST,
              StreamSupport.stream(candidates.spliterator(), false).toList());
    };
  }

  static Values ofLabel(String label) {
    return switch (label) {
      case "HOST" -> of(Kind.HOST);
      case "LIST" -> of(Kind.HOSTS);
      case "ROLE" -> of(Kind.ROLE);
      case "FILE", "PATH", "ARGV" -> of(Kind.FILE);
      case "DIR" -> of(Kind.DIRECTORY);
      case "--" -> of(Kind.DELIMITER);
      case "RUN_ID", "RUN_ID|last" -> of(Kind.RECORDED_RUN);
      // A word that is written as it stands.
      case String word when word.equals(word.toLowerCase(Locale.ROOT)) -> words(List.of(word));
      default -> of(Kind.FREE);
    };
  }
}
