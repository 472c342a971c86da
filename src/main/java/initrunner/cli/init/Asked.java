package initrunner.cli.init;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Before which calls a person is asked.
enum Asked {
  CHANGES("changes", "calls that can change something"),
  EVERYTHING("required", "every call"),
  NOTHING("auto", "no call");

  private final String approval;
  private final String meaning;

  Asked(String approval, String meaning) {
    this.approval = approval;
    this.meaning = meaning;
  }

  static final class Words implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return words().iterator();
    }
  }

  static List<String> words() {
    return Arrays.stream(values()).map(Asked::word).toList();
  }

  static Optional<Asked> of(String word) {
    return Stream.of(values()).filter(each -> each.word().equals(word)).findFirst();
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The value of a tool's `approval`.
  String approval() {
    return approval;
  }

  String meaning() {
    return meaning;
  }
}
