package initrunner.runtime.terminals;

import initrunner.tool.PersonsDecision;
import initrunner.tool.Plan;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What is done where a terminal's program asks for a password: the person is asked, if the role
/// wants that, and the answer goes to the program alone. For one look at a terminal.
record SecretQuestion(HeldTerminal terminal, TerminalCalls.Place place) {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Plan.ScreenWait AFTERWARDS =
      new Plan.ScreenWait(Optional.empty(), Duration.ofMillis(500), Duration.ofSeconds(10));
  private static final int MOST_LINES = 5;

  /// A wrong password is asked for again.
  private static final int MOST_QUESTIONS = 3;

  /// Asks as long as the program does. Blocks for the person.
  ///
  /// @return lines for the model about it
  List<String> asked() throws InterruptedException {
    boolean isWanted = terminal.rules().secrets() == Plan.TerminalRules.Secrets.A_PERSON;
    if (!isWanted || terminal.holder().isPresent()) {
      return List.of();
    }
    SecretPrompt prompt = new SecretPrompt(terminal, place.probe());
    List<String> notes = List.of();
    for (int i = 0; i < MOST_QUESTIONS && !terminal.isDeclined() && prompt.isShown(); i++) {
      Optional<byte[]> answer = answer();
      if (answer.isEmpty()) {
        terminal.declined();
        return List.of(unanswered());
      }
      notes = List.of(given(prompt, answer.get()));
      var _ = terminal.await(AFTERWARDS, System.nanoTime());
    }
    return notes;
  }

  private String unanswered() {
    return place.person().isEmpty()
        ? "The program asks for a password, and no person can be asked here. A person can type it:"
            + " initrunner attach "
            + terminal.id()
        : "[a person was asked and gave no answer]";
  }

  private Optional<byte[]> answer() throws InterruptedException {
    if (place.person().isEmpty()) {
      return Optional.empty();
    }
    List<String> lines = terminal.screen().shown().lines();
    Optional<byte[]> answer =
        place
            .person()
            .get()
            .ask(
                new SecretPerson.Question(
                    place.host(),
                    terminal.command(),
                    lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size()),
                    PATIENCE));
    place.note(
        terminal,
        PersonsDecision.person(),
        answer.isPresent() ? "answered_secret" : "gave_no_answer");
    return answer;
  }

  /// The program may have gone on while the person typed.
  private String given(SecretPrompt prompt, byte[] answer) {
    byte[] line = Arrays.copyOf(answer, answer.length + 1);
    line[answer.length] = '\r';
    try {
      if (!prompt.isShown()) {
        return "[a person answered, but the program asks no more; nothing was typed]";
      }
      terminal.answered(answer);
      return terminal.type(line)
          ? "[a person answered]"
          : "[a person answered, but the program does not read what is typed]";
    } finally {
      Arrays.fill(answer, (byte) 0);
      Arrays.fill(line, (byte) 0);
    }
  }
}
