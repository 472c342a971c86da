package initrunner.runtime;

import initrunner.text.LineDiff;
import initrunner.tool.ToolResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// The answers of several sandboxes to one command as one: equal ones once, the commonest first,
/// and others as what differs from it where that is shorter. Stateless.
final class SameAnswers {

  private SameAnswers() {}

  /// An answer without its id.
  private record Answer(ToolResult.Status status, String text) {}

  /// @param answers by the sandboxes' names for a person
  static String text(SequencedMap<String, ToolResult> answers) {
    SequencedMap<Answer, List<String>> groups = new LinkedHashMap<>();
    answers.forEach((place, result) ->
        groups
            .computeIfAbsent(new Answer(result.status(), result.text()), _ -> new ArrayList<>())
            .add(place));
    List<Map.Entry<Answer, List<String>>> sorted =
        groups.entrySet().stream()
            .sorted(
                Comparator.comparingInt(
                    (Map.Entry<Answer, List<String>> each) -> -each.getValue().size()))
            .toList();
    String commonest = sorted.getFirst().getKey().text();
    List<String> parts = new ArrayList<>();
    for (Map.Entry<Answer, List<String>> each : sorted) {
      String places = String.join(", ", each.getValue());
      String text = each.getKey().text();
      String difference = String.join("\n", LineDiff.of(commonest, text));
      boolean isShorter = !parts.isEmpty() && difference.length() < text.length();
      parts.add(
          isShorter
              ? "On " + places + ", which differs from the first:\n" + difference
              : "On " + places + ":\n" + text);
    }
    return String.join("\n\n", parts);
  }
}
