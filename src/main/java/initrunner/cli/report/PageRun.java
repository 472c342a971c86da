package initrunner.cli.report;

import initrunner.audit.story.Outcome;
import initrunner.audit.story.RunStory;
import initrunner.audit.story.RunStory.Called;
import initrunner.audit.story.RunStory.Ended;
import initrunner.audit.story.RunStory.Entry;
import initrunner.audit.story.RunStory.Noticed;
import initrunner.audit.story.RunStory.Prompt;
import initrunner.audit.story.RunStory.Resumed;
import initrunner.audit.story.RunStory.Said;
import initrunner.audit.story.RunStory.Transferred;
import initrunner.audit.story.RunSummary;
import java.util.Optional;
import java.util.stream.Collectors;

/// A run as the page has it; all texts are safe and bounded. Immutable.
///
/// @param prompt its beginning
/// @param story what was said in it: entries of a time, a kind and a text
record PageRun(RunSummary summary, String prompt, String story) {

  /// Between entries, and between the parts of one. Safe text has neither.
  private static final String NEXT_ENTRY = "\u001e";

  private static final String NEXT_PART = "\u001f";

  static PageRun of(RunSummary summary) {
    return new PageRun(summary, "", "");
  }

  static PageRun of(RunStory story) {
    return new PageRun(
        story.summary(),
        story.entries().stream()
            .flatMap(entry ->
                entry instanceof Prompt prompt
                    ? Optional.of(ShownText.name(prompt.text())).stream()
                    : Optional.<String>empty().stream())
            .findFirst()
            .orElse(""),
        story.entries().stream()
            .flatMap(entry -> told(entry).stream())
            .collect(Collectors.joining(NEXT_ENTRY)));
  }

  /// Empty for what is in the page's calls.
  private static Optional<String> told(Entry entry) {
    return switch (entry) {
      case Called _, Transferred _ -> Optional.empty();
      case Prompt prompt -> entry(prompt, "prompt", prompt.text());
      case Resumed resumed -> entry(resumed, "answered", resumed.decisions());
      case Said said -> entry(said, "model", said.first());
      case Noticed noticed -> entry(noticed, noticed.kind().replace('_', ' '), noticed.text());
      case Ended ended when ended.outcome().kind() == Outcome.Kind.PAUSED ->
          entry(ended, "paused", ended.outcome().text().replaceFirst("^paused: ", ""));
      case Ended ended ->
          entry(ended, "end", ended.answer().isEmpty() ? ended.outcome().text() : ended.answer());
    };
  }

  private static Optional<String> entry(Entry entry, String kind, String text) {
    return Optional.of(
        String.join(
            NEXT_PART,
            Long.toString(entry.time().toEpochMilli()),
            ShownText.name(kind),
            ShownText.lines(text)));
  }

  int size() {
    return prompt.length() + story.length();
  }

  /// Whether it is of an agent, which is to answer.
  boolean isOfAgent() {
    return summary.spent().model().isPresent()
        || summary.asker().door().equals("run")
        || summary.asker().door().equals("acp");
  }
}
