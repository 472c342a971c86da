package initrunner.agent;

import initrunner.role.ContentRules;
import initrunner.role.ContentRules.OutputAction;
import initrunner.runtime.ContentRedaction;
import initrunner.text.BoundedPattern;
import java.util.List;
import java.util.Optional;

/// Checks prompts, answers and recorded texts against a role's rules. A pattern that takes too many
/// steps on a text counts as found in it. Immutable.
public final class ContentCheck {

  private static final String FIELD = "spec.security.content.";
  private static final String FILTERED = "[FILTERED]";
  private static final String TRUNCATED = "\n[truncated]";

  private final ContentRules rules;
  private final List<BoundedPattern> blockedInput;
  private final List<BoundedPattern> blockedOutput;
  private final ContentRedaction redaction;

  public ContentCheck(ContentRules rules) {
    this.rules = rules;
    this.blockedInput = compiled(rules.blockedInput());
    this.blockedOutput = compiled(rules.blockedOutput());
    this.redaction = new ContentRedaction(rules);
  }

  private static List<BoundedPattern> compiled(List<String> patterns) {
    return patterns.stream().map(BoundedPattern::new).toList();
  }

  sealed interface Checked {

    /// The answer, or the part that the rules leave of it.
    record Passed(String text) implements Checked {}

    record Withheld(String why) implements Checked {}
  }

  /// The reason why the prompt may not be sent; empty if it may.
  Optional<String> objectionTo(String prompt) {
    int length = prompt.codePointCount(0, prompt.length());
    if (length > rules.maxPromptLength()) {
      return Optional.of(
          "the prompt has "
              + length
              + " characters, and "
              + rules.maxPromptLength()
              + " are allowed ("
              + FIELD
              + "max_prompt_length)");
    }
    return firstIn(prompt, blockedInput)
        .map(index -> "the prompt is blocked (" + FIELD + "blocked_input_patterns[" + index + "])");
  }

  /// Whether a rule needs the whole answer before any of it may be shown.
  boolean isOfWholeAnswers() {
    return !blockedOutput.isEmpty();
  }

  int maxOutputLength() {
    return rules.maxOutputLength();
  }

  Checked check(String answer) {
    if (rules.action() == OutputAction.BLOCK) {
      Optional<Integer> found = firstIn(answer, blockedOutput);
      if (found.isPresent()) {
        return withheld(found.get());
      }
    }
    String text = answer;
    for (int i = 0; i < blockedOutput.size(); i++) {
      try {
        text = blockedOutput.get(i).replacedIn(text, FILTERED);
      } catch (BoundedPattern.GaveUpException e) {
        return withheld(i);
      }
    }
    return new Checked.Passed(cut(text));
  }

  private static Checked withheld(int index) {
    return new Checked.Withheld(
        "the model's answer is withheld (" + FIELD + "blocked_output_patterns[" + index + "])");
  }

  private String cut(String text) {
    if (text.codePointCount(0, text.length()) <= rules.maxOutputLength()) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, rules.maxOutputLength())) + TRUNCATED;
  }

  /// The text as it may go into the audit log.
  public String redact(String text) {
    return redaction.redact(text);
  }

  private static Optional<Integer> firstIn(String text, List<BoundedPattern> patterns) {
    for (int i = 0; i < patterns.size(); i++) {
      try {
        if (patterns.get(i).isIn(text)) {
          return Optional.of(i);
        }
      } catch (BoundedPattern.GaveUpException e) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }
}
