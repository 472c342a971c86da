package initrunner.role;

import static initrunner.role.ContentRules.OutputAction.BLOCK;
import static initrunner.role.ContentRules.OutputAction.STRIP;
import static initrunner.role.ContentRules.PersonalData.RECORDED;
import static initrunner.role.ContentRules.PersonalData.REDACTED;

import initrunner.schema.type.Choice;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Flag;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.type.Whole;
import initrunner.schema.yaml.YamlValue;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// The rules about the text of prompts and answers (`spec.security.content`). Patterns are regular
/// expressions of [java.util.regex.Pattern] and ignore case.
///
/// @param allowedTopics what prompts may be about, in words for the model that judges each prompt;
///   empty if no model is asked
public record ContentRules(
    int maxPromptLength,
    int maxOutputLength,
    List<String> blockedInput,
    List<String> blockedOutput,
    OutputAction action,
    List<String> redacted,
    PersonalData personalData,
    Optional<String> allowedTopics) {

  private static final Whole CHARACTERS = Whole.atLeast(1, "characters");

  private static final ListOf<String> PATTERNS =
      new ListOf<>(
          Text.notBlank()
              .with(
                  "is no regular expression",
                  "one as Java has them",
                  "check its brackets, or write literal text between \\Q and \\E",
                  ContentRules::isPattern));

  private static final Field<Boolean> LLM_CLASSIFIER_ENABLED =
      Field.of(
          "llm_classifier_enabled",
          new Flag(),
          false,
          "Whether InitRunner first asks the role's model if a prompt is on"
              + " allowed_topics_prompt.");

  private static final Field<Optional<String>> ALLOWED_TOPICS_PROMPT =
      Field.optional(
          "allowed_topics_prompt",
          Text.notBlank(),
          "What prompts may be about, in words for the model; with llm_classifier_enabled.");

  /// What a role changes in the rules of its preset.
  static final Section<Written> SECTION =
      Section.of(ContentRules::written)
          .refusing(
              "profanity_filter",
              "needs a list of words, which this version does not have; write"
                  + " blocked_input_patterns")
          .checking(ContentRules::checkClassifier);

  private static final List<String> NONE = List.of();

  public static final ContentRules DEFAULT =
      new ContentRules(50_000, 100_000, NONE, NONE, STRIP, NONE, RECORDED);

  /// `preset: public`: for prompts from strangers.
  static final ContentRules PUBLIC =
      new ContentRules(
          10_000,
          100_000,
          List.of(
              "\\b(union\\s+select|drop\\s+table|insert\\s+into)\\b",
              "(ignore\\s+previous|disregard\\s+above|forget\\s+your)"
                  + "\\s+(instructions|rules|prompt)",
              "(\\||;|&&)\\s*(rm|cat|curl|wget|bash|sh|nc)\\b"),
          NONE,
          BLOCK,
          NONE,
          REDACTED);

  /// `preset: development`.
  static final ContentRules DEVELOPMENT =
      new ContentRules(500_000, 500_000, NONE, NONE, STRIP, NONE, RECORDED);

  /// Rules that ask no model.
  public ContentRules(
      int maxPromptLength,
      int maxOutputLength,
      List<String> blockedInput,
      List<String> blockedOutput,
      OutputAction action,
      List<String> redacted,
      PersonalData personalData) {
    this(
        maxPromptLength,
        maxOutputLength,
        blockedInput,
        blockedOutput,
        action,
        redacted,
        personalData,
        Optional.empty());
  }

  public ContentRules {
    blockedInput = List.copyOf(blockedInput);
    blockedOutput = List.copyOf(blockedOutput);
    redacted = List.copyOf(redacted);
  }

  /// The values of `output_action`.
  public enum OutputAction {
    /// Each match is replaced.
    STRIP,
    /// The whole answer is withheld.
    BLOCK
  }

  /// Whether the records of runs hold personal data.
  public enum PersonalData {
    RECORDED,
    REDACTED
  }

  /// The rules that a role names itself.
  record Written(
      Optional<Integer> maxPromptLength,
      Optional<Integer> maxOutputLength,
      Optional<List<String>> blockedInput,
      Optional<List<String>> blockedOutput,
      Optional<OutputAction> action,
      Optional<List<String>> redacted,
      Optional<Boolean> redactsPersonalData,
      boolean asksModel,
      Optional<String> allowedTopics) {

    /// With a preset's for the others.
    ContentRules over(ContentRules preset) {
      return new ContentRules(
          maxPromptLength.orElse(preset.maxPromptLength()),
          maxOutputLength.orElse(preset.maxOutputLength()),
          blockedInput.orElse(preset.blockedInput()),
          blockedOutput.orElse(preset.blockedOutput()),
          action.orElse(preset.action()),
          redacted.orElse(preset.redacted()),
          redactsPersonalData
              .map(hides -> hides ? REDACTED : RECORDED)
              .orElse(preset.personalData()),
          allowedTopics.filter(_ -> asksModel));
    }
  }

  private static Written written(Fields f) {
    return new Written(
        f.optional(
            "max_prompt_length",
            CHARACTERS,
            "Most characters of a prompt; a longer one is refused. 50000 if unset."),
        f.optional(
            "max_output_length",
            CHARACTERS,
            "Most characters of an answer; a longer one is cut. 100000 if unset."),
        patterns(f, "blocked_input_patterns", "A prompt that one of these matches is refused."),
        patterns(
            f,
            "blocked_output_patterns",
            "output_action says what happens to the text of an answer that one of these"
                + " matches."),
        f.optional(
            "output_action",
            Choice.of(OutputAction.values()),
            "strip replaces each match by [FILTERED], block withholds the whole answer; strip if"
                + " unset."),
        patterns(
            f, "redact_patterns", "The records of runs have [REDACTED] in place of each match."),
        f.optional(
            "pii_redaction",
            new Flag(),
            "Whether the records of runs leave out e-mail addresses, telephone and social security"
                + " numbers."),
        f.get(LLM_CLASSIFIER_ENABLED),
        f.get(ALLOWED_TOPICS_PROMPT));
  }

  private static Optional<List<String>> patterns(Fields f, String key, String description) {
    return f.optional(key, PATTERNS, description + " Regular expressions; case is ignored.");
  }

  private static void checkClassifier(Values content, Decoding decoding) {
    Optional<Boolean> asks = content.find(LLM_CLASSIFIER_ENABLED);
    Optional<Optional<String>> topics = content.find(ALLOWED_TOPICS_PROMPT);
    if (asks.isEmpty() || topics.isEmpty() || asks.get() == topics.get().isPresent()) {
      return;
    }
    if (asks.get()) {
      YamlValue at = content.written(LLM_CLASSIFIER_ENABLED).orElseThrow();
      decoding.fault(
          at,
          "needs allowed_topics_prompt; write it beside this, as allowed_topics_prompt: Questions "
              + "about our build servers and what runs on them.");
    } else {
      YamlValue at = content.written(ALLOWED_TOPICS_PROMPT).orElseThrow();
      decoding.fault(
          at,
          "needs llm_classifier_enabled: true, with which a model is asked about each prompt; "
              + "write it beside this, or remove this");
    }
  }

  private static boolean isPattern(String text) {
    try {
      return !Pattern.compile(text).pattern().isEmpty();
    } catch (PatternSyntaxException | StackOverflowError nestedTooDeep) {
      return false;
    }
  }
}
