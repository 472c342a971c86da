package initrunner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.agent.ContentCheck.Checked;
import initrunner.role.ContentRules;
import initrunner.role.ContentRules.OutputAction;
import initrunner.role.ContentRules.PersonalData;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A role's rules about prompts, answers and the audit log.
class ContentCheckTest {

  @Test
  void charactersOfAPromptAreCountedAsAPersonDoes() {
    ContentCheck check = new ContentCheck(rules(5, 10, OutputAction.STRIP));

    assertThat(check.objectionTo("😀😀😀😀😀")).isEmpty();
    assertThat(check.objectionTo("😀😀😀😀😀."))
        .contains(
            "the prompt has 6 characters, and 5 are allowed"
                + " (spec.security.content.max_prompt_length)");
  }

  @Test
  void aPromptInWhichAPatternIsFoundIsRefusedWithThePlaceOfThePattern() {
    ContentCheck check = new ContentCheck(rules(100, 100, OutputAction.STRIP, "first", "se+cond"));

    assertThat(check.objectionTo("The SEEECOND."))
        .contains("the prompt is blocked (spec.security.content.blocked_input_patterns[1])");
    assertThat(check.objectionTo("The third.")).isEmpty();
  }

  @Test
  void whatIsBlockedOfAnAnswerIsReplacedOrAllOfItWithheld() {
    assertThat(answer(OutputAction.STRIP, "The code is A-17 or b-2."))
        .isEqualTo(new Checked.Passed("The code is [FILTERED] or [FILTERED]."));
    assertThat(answer(OutputAction.BLOCK, "The code is A-17."))
        .isEqualTo(
            new Checked.Withheld(
                "the model's answer is withheld"
                    + " (spec.security.content.blocked_output_patterns[0])"));
    assertThat(answer(OutputAction.BLOCK, "None.")).isEqualTo(new Checked.Passed("None."));
  }

  private static Checked answer(OutputAction action, String text) {
    return new ContentCheck(
            new ContentRules(
                100,
                100,
                List.of(),
                List.of("[ab]-\\d+"),
                action,
                List.of(),
                PersonalData.RECORDED))
        .check(text);
  }

  @Test
  void anAnswerIsCutWithoutSplittingACharacter() {
    assertThat(new ContentCheck(rules(1, 3, OutputAction.STRIP)).check("ab😀d"))
        .isEqualTo(new Checked.Passed("ab😀\n[truncated]"));
    assertThat(new ContentCheck(rules(1, 3, OutputAction.STRIP)).check("ab😀"))
        .isEqualTo(new Checked.Passed("ab😀"));
  }

  @Test
  void personalDataAndTheRolesOwnPatternsAreNotRecorded() {
    ContentCheck check =
        new ContentCheck(
            new ContentRules(
                1,
                1,
                List.of(),
                List.of(),
                OutputAction.STRIP,
                List.of("ticket \\d+"),
                PersonalData.REDACTED));

    assertThat(
            check.redact(
                "Mail me.too@mail.example.org, call (555) 123-4567 or +1 555.123.4567, 078-05-1120;"
                    + " Ticket 99. Version 1.2.3 of 2026-11-24, port 8080."))
        .isEqualTo(
            "Mail [REDACTED], call [REDACTED] or [REDACTED], [REDACTED];"
                + " [REDACTED]. Version 1.2.3 of 2026-11-24, port 8080.");
    assertThat(new ContentCheck(ContentRules.DEFAULT).redact("me@example.org"))
        .isEqualTo("me@example.org");
  }

  /// Unbounded, both would run practically for ever: one in steps, one in depth.
  @ParameterizedTest
  @ValueSource(strings = {"(a+)+$", "(a|b|c)*$"})
  @Tag("slow")
  void aPatternThatNeverEndsCountsAsFound(String pattern) {
    String text = "a".repeat(50_000) + "!";
    ContentRules rules =
        new ContentRules(
            100_000,
            100_000,
            List.of(pattern),
            List.of(pattern),
            OutputAction.STRIP,
            List.of(pattern),
            PersonalData.RECORDED);
    ContentCheck check = new ContentCheck(rules);

    assertThat(check.objectionTo(text)).isPresent();
    assertThat(check.check(text)).isInstanceOf(Checked.Withheld.class);
    assertThat(check.redact(text)).isEqualTo("[REDACTED]");
  }

  private static ContentRules rules(
      int maxPrompt, int maxOutput, OutputAction action, String... blockedInput) {
    return new ContentRules(
        maxPrompt,
        maxOutput,
        List.of(blockedInput),
        List.of(),
        action,
        List.of(),
        PersonalData.RECORDED);
  }
}
