package initrunner.role;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The golden files of the faults of roles, one a topic. A case is a line `=== place`, lines that
/// are put there, and the faults that the role then has, each as `=> line:column key: message`
/// relative to these lines and that place.
final class FaultCases {

  static final List<String> TOPICS =
      List.of(
          "metadata",
          "spec",
          "model",
          "tools",
          "other-tools",
          "rules-on-paths",
          "guardrails",
          "sandbox",
          "sandboxes",
          "ssh");

  static final Path DIRECTORY = Path.of("src/test/resources/role/faults");

  private static final String FAULT = "=> ";

  /// @param lines put at the place
  /// @param faults all that the role then has
  record Case(String place, String lines, List<String> faults) {

    /// As it stands in its file.
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("=== " + place + "\n" + lines);
      faults.forEach(fault -> text.append(FAULT).append(fault).append('\n'));
      return text.toString();
    }
  }

  private FaultCases() {}

  static Path file(String topic) {
    return DIRECTORY.resolve(topic + ".txt");
  }

  static List<Case> of(String topic) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String text : Files.readString(file(topic)).split("(?m)^=== ", -1)) {
      if (!text.isEmpty()) {
        List<String> lines = text.lines().toList();
        cases.add(
            new Case(
                lines.getFirst(),
                lines.stream()
                    .skip(1)
                    .filter(line -> !line.startsWith(FAULT))
                    .collect(Collectors.joining("\n", "", "\n")),
                lines.stream()
                    .filter(line -> line.startsWith(FAULT))
                    .map(line -> line.substring(FAULT.length()))
                    .toList()));
      }
    }
    return cases;
  }
}
