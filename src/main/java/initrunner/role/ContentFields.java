package initrunner.role;

import initrunner.role.ContentRules.OutputAction;
import initrunner.role.ContentRules.PersonalData;
import initrunner.schema.type.Choice;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Flag;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.type.Whole;
import initrunner.schema.yaml.YamlValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// The declaration of `spec.security.content`.
final class ContentFields {

  /// What the role says; what is empty is the preset's, else the default.
  record Written(
      Optional<Integer> maxPromptLength,
      Optional<Integer> maxOutputLength,
      Optional<List<String>> blockedInput,
      Optional<List<String>> blockedOutput,
      Optional<OutputAction> action,
      Optional<List<String>> redacted,
      Optional<Boolean> hidesPersonalData,
      Optional<String> allowedTopics) {

    static final Written NOTHING =
        new Written(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    ContentRules over(ContentRules preset) {
      return new ContentRules(
          maxPromptLength.orElse(preset.maxPromptLength()),
          maxOutputLength.orElse(preset.maxOutputLength()),
          blockedInput.orElse(preset.blockedInput()),
          blockedOutput.orElse(preset.blockedOutput()),
          action.orElse(preset.action()),
          redacted.orElse(preset.redacted()),
          hidesPersonalData
              .map(hides -> hides ? PersonalData.REDACTED : PersonalData.RECORDED)
              .orElse(preset.personalData()),
          allowedTopics);
    }
  }

  static final Field<Optional<Integer>> MAX_PROMPT_LENGTH =
      length("max_prompt_length", "Most characters of a prompt; 50000 where unset.");

  static final Field<Optional<Integer>> MAX_OUTPUT_LENGTH =
      length(
          "max_output_length",
          "Most characters of an answer, which is cut there; 100000 where unset.");

  static final Field<Optional<List<String>>> BLOCKED_INPUT_PATTERNS =
      patterns("blocked_input_patterns", "A prompt in which one of these is found is refused.");

  static final Field<Optional<List<String>>> BLOCKED_OUTPUT_PATTERNS =
      patterns("blocked_output_patterns", "What of an answer output_action is about.");

  static final Field<Optional<OutputAction>> OUTPUT_ACTION =
      Field.nullable(
          "output_action",
          Choice.of(OutputAction.values()),
          "strip replaces what is found, block withholds the answer; strip where unset.");

  static final Field<Optional<List<String>>> REDACT_PATTERNS =
      patterns("redact_patterns", "What is not recorded of prompts, answers and tool calls.");

  static final Field<Optional<Boolean>> PII_REDACTION =
      Field.nullable(
          "pii_redaction",
          new Flag(),
          "Whether e-mail addresses, telephone and social security numbers are not recorded.");

  static final Field<Boolean> LLM_CLASSIFIER_ENABLED =
      Field.optional(
          "llm_classifier_enabled",
          new Flag(),
          false,
          "Whether the role's model is asked first if a prompt is on allowed_topics_prompt.");

  static final Field<Optional<String>> ALLOWED_TOPICS_PROMPT =
      Field.nullable(
          "allowed_topics_prompt",
          Text.notBlank(),
          "What prompts may be about, in words for the model; with llm_classifier_enabled.");

  static final Section<Written> SECTION =
      new Section<>(
          List.of(
              MAX_PROMPT_LENGTH,
              MAX_OUTPUT_LENGTH,
              BLOCKED_INPUT_PATTERNS,
              BLOCKED_OUTPUT_PATTERNS,
              OUTPUT_ACTION,
              REDACT_PATTERNS,
              PII_REDACTION,
              LLM_CLASSIFIER_ENABLED,
              ALLOWED_TOPICS_PROMPT),
          refusals(),
          List.of(ContentFields::checkClassifier),
          v ->
              new Written(
                  v.get(MAX_PROMPT_LENGTH),
                  v.get(MAX_OUTPUT_LENGTH),
                  v.get(BLOCKED_INPUT_PATTERNS),
                  v.get(BLOCKED_OUTPUT_PATTERNS),
                  v.get(OUTPUT_ACTION),
                  v.get(REDACT_PATTERNS),
                  v.get(PII_REDACTION),
                  v.get(ALLOWED_TOPICS_PROMPT)));

  private ContentFields() {}

  private static void checkClassifier(Values content, Decoding decoding) {
    Optional<Boolean> asks = content.find(LLM_CLASSIFIER_ENABLED);
    Optional<Optional<String>> topics = content.find(ALLOWED_TOPICS_PROMPT);
    if (asks.isEmpty() || topics.isEmpty() || asks.get() == topics.get().isPresent()) {
      return;
    }
    if (asks.get()) {
      YamlValue at = content.written(LLM_CLASSIFIER_ENABLED).orElseThrow();
      decoding.fault(
          at.name(),
          at.path(),
          "needs allowed_topics_prompt; write it beside this, as allowed_topics_prompt: Questions "
              + "about our build servers and what runs on them.");
    } else {
      YamlValue at = content.written(ALLOWED_TOPICS_PROMPT).orElseThrow();
      decoding.fault(
          at.name(),
          at.path(),
          "needs llm_classifier_enabled: true, with which a model is asked about each prompt; "
              + "write it beside this, or remove this");
    }
  }

  private static Field<Optional<Integer>> length(String key, String description) {
    return Field.nullable(key, Whole.atLeast(1, "characters"), description);
  }

  private static Field<Optional<List<String>>> patterns(String key, String description) {
    Text pattern =
        Text.notBlank()
            .with(
                new Rule<>(
                    "is no regular expression",
                    "one as Java has them",
                    "check its brackets; a text as it stands is between \\Q and \\E",
                    ContentFields::isPattern));
    return Field.nullable(
        key, new ListOf<>(pattern), description + " Regular expressions; case does not count.");
  }

  private static boolean isPattern(String text) {
    try {
      return !Pattern.compile(text).pattern().isEmpty();
    } catch (PatternSyntaxException | StackOverflowError nestedTooDeep) {
      return false;
    }
  }

  private static Map<String, String> refusals() {
    Map<String, String> refusals = new HashMap<>();
    refusals.put(
        "profanity_filter",
        "needs a list of words, which this version does not have; write blocked_input_patterns");
    return refusals;
  }
}
