package initrunner.role;

import java.util.List;
import java.util.Optional;

/// What a prompt and an answer may hold (`spec.security.content`). Patterns are regular expressions
/// as [java.util.regex.Pattern] has them; upper and lower case are the same to them.
///
/// @param maxPromptLength most characters of a prompt
/// @param maxOutputLength most characters of an answer; what is longer is cut
/// @param blockedInput a prompt in which one of these is found is refused
/// @param blockedOutput what is found of these in an answer is dealt with as `action` says
/// @param redacted what is found of these is not recorded
/// @param personalData whether addresses of e-mail and numbers of telephones and social security
///   are recorded or not
/// @param allowedTopics what prompts may be about, in words for the model that is asked whether one
///   is; empty asks none
public record ContentRules(
    int maxPromptLength,
    int maxOutputLength,
    List<String> blockedInput,
    List<String> blockedOutput,
    OutputAction action,
    List<String> redacted,
    PersonalData personalData,
    Optional<String> allowedTopics) {

  public static final ContentRules DEFAULT =
      new ContentRules(
          50_000,
          100_000,
          List.of(),
          List.of(),
          OutputAction.STRIP,
          List.of(),
          PersonalData.RECORDED);

  /// `preset: public`: for prompts of strangers.
  static final ContentRules PUBLIC =
      new ContentRules(
          10_000,
          100_000,
          List.of(
              "\\b(union\\s+select|drop\\s+table|insert\\s+into)\\b",
              "(ignore\\s+previous|disregard\\s+above|forget\\s+your)"
                  + "\\s+(instructions|rules|prompt)",
              "(\\||;|&&)\\s*(rm|cat|curl|wget|bash|sh|nc)\\b"),
          List.of(),
          OutputAction.BLOCK,
          List.of(),
          PersonalData.REDACTED);

  /// `preset: development`.
  static final ContentRules DEVELOPMENT =
      new ContentRules(
          500_000,
          500_000,
          List.of(),
          List.of(),
          OutputAction.STRIP,
          List.of(),
          PersonalData.RECORDED);

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
    /// What is found is replaced.
    STRIP,
    /// The whole answer is withheld.
    BLOCK
  }

  /// What becomes of personal data in the record.
  public enum PersonalData {
    RECORDED,
    REDACTED
  }
}
