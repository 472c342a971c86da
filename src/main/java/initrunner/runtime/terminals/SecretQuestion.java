package initrunner.runtime.terminals;

import initrunner.screen.TerminalScreen;
import initrunner.tool.PersonsDecision;
import initrunner.tool.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Asks the person where a terminal's program wants a password, if the role allows that. The answer
/// goes to the program alone. For one look at a terminal.
record SecretQuestion(HeldTerminal terminal, TerminalCalls.Place place) {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Plan.ScreenWait AFTERWARDS =
      new Plan.ScreenWait(Optional.empty(), Duration.ofMillis(500), Duration.ofSeconds(10));
  private static final Duration REACTION = Duration.ofSeconds(5);
  private static final int LINE_END_CHARACTERS = 2;
  private static final int MOST_LINES = 5;

  /// A wrong password is asked for again.
  private static final int MOST_QUESTIONS = 3;

  /// Asks as long as the program does. Blocks for the person.
  ///
  /// @return lines for the model about it
  List<String> asked() throws InterruptedException {
    boolean isWanted = terminal.rules().secrets() == Plan.TerminalRules.Secrets.A_PERSON;
    if (!isWanted || terminal.holder().isPresent() || !terminal.questionBegins()) {
      return List.of();
    }
    try {
      return askedAlone();
    } finally {
      terminal.questionEnds();
    }
  }

  private List<String> askedAlone() throws InterruptedException {
    SecretPrompt prompt = new SecretPrompt(terminal, place.probe());
    List<String> notes = List.of();
    for (int i = 0; i < MOST_QUESTIONS && !terminal.isDeclined() && prompt.isShown(); i++) {
      long written = terminal.written();
      Optional<byte[]> answer = answer(prompt);
      if (answer.isEmpty()) {
        terminal.declined();
        return List.of(unanswered());
      }
      notes = List.of(given(prompt, answer.get(), written));
      awaitReaction(prompt);
    }
    return notes;
  }

  /// A program takes its time over a wrong answer before it asks again.
  private void awaitReaction(SecretPrompt prompt) throws InterruptedException {
    long answered = terminal.written();
    long deadline = System.nanoTime() + REACTION.toNanos();
    boolean hasReacted = false;
    while (!hasReacted && System.nanoTime() < deadline) {
      var _ = terminal.await(AFTERWARDS, place.secrets(), System.nanoTime());
      hasReacted =
          terminal.isOver()
              || terminal.written() > answered + LINE_END_CHARACTERS
              || prompt.isShown();
    }
  }

  private String unanswered() {
    return place.person().isEmpty()
        ? "The program asks for a password, and no person can be asked here. A person can type it:"
            + " initrunner attach "
            + terminal.id()
        : "[a person was asked and gave no answer]";
  }

  private Optional<byte[]> answer(SecretPrompt prompt) throws InterruptedException {
    if (place.person().isEmpty()) {
      return Optional.empty();
    }
    Optional<byte[]> answer =
        place
            .person()
            .get()
            .ask(
                new SecretPerson.Question(
                    place.host(), terminal.command(), prompt.askedBy(), lines(), PATIENCE));
    if (answer.isEmpty()) {
      place.note(terminal, PersonsDecision.person(), "gave_no_answer");
    }
    return answer;
  }

  /// The last lines up to the cursor: there the program asks.
  private List<String> lines() {
    TerminalScreen.Shown shown = terminal.screen().shown();
    int row = Math.min(shown.cursorRow(), shown.lines().size());
    List<String> lines =
        new ArrayList<>(shown.lines().subList(Math.max(0, row - MOST_LINES + 1), row));
    lines.add(shown.beforeCursor().stripTrailing());
    return lines;
  }

  /// The program that the person was asked for may have gone on, and another may ask now.
  private String given(SecretPrompt prompt, byte[] answer, long written) {
    byte[] line = Arrays.copyOf(answer, answer.length + 1);
    line[answer.length] = '\r';
    try {
      if (terminal.holder().isPresent() || !prompt.isShown() || terminal.written() != written) {
        place.note(terminal, PersonsDecision.person(), "answered_too_late");
        return "[a person answered, but the program had gone on; nothing was typed]";
      }
      terminal.answered(answer);
      boolean isTyped = terminal.type(line);
      place.note(
          terminal, PersonsDecision.person(), isTyped ? "answered_secret" : "answered_too_late");
      return isTyped
          ? "[a person answered]"
          : "[a person answered, but the program does not read what is typed]";
    } finally {
      Arrays.fill(answer, (byte) 0);
      Arrays.fill(line, (byte) 0);
    }
  }
}
