package initrunner.cli;

import initrunner.agent.Approver;
import initrunner.cli.console.Console;
import initrunner.cli.console.TerminalSize;
import initrunner.tool.ToolCall;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks the person at the terminal. The question takes no more than a screen ([CallQuestion]), and
/// what was typed before it stands there answers nothing. Used by one thread at a time.
final class TerminalApprover implements Approver {

  private record Same(String tool, Map<String, Object> arguments) {}

  /// Where a person is asked.
  interface Person {

    /// How much fits where lines are shown.
    TerminalSize size();

    /// Shows one line, in which the terminal obeys nothing.
    void show(String line);

    /// What is typed from now on, with the end of the line; without it where the input ended. What
    /// was typed before is thrown away. Blocks.
    String answer(String question) throws InterruptedException;
  }

  private static final String QUESTION = "  Run it? y(es), n(o), a(lways exactly this): ";
  private static final String QUESTION_OF_CUT =
      "  Run it? y(es), n(o), a(lways exactly this), w(hole call): ";

  private static final Pattern NO = Pattern.compile("(?is)no?(\\s+(?<reason>.+))?");

  private final Person person;
  private final String place;
  private final Set<Same> always = new HashSet<>();

  TerminalApprover(Person person, String place) {
    this.person = person;
    this.place = place;
  }

  /// On standard input and standard error.
  ///
  /// @param live writes over a line of the terminal, but for the time of a question
  static TerminalApprover of(Console console, String place, Optional<SessionView> live) {
    InputLines lines = new InputLines(console.stdin());
    return new TerminalApprover(
        new Person() {
          @Override
          public TerminalSize size() {
            return console.size();
          }

          @Override
          public void show(String line) {
            live.ifPresent(SessionView::pause);
            console.err().println(line);
          }

          @Override
          public String answer(String question) throws InterruptedException {
            live.ifPresent(SessionView::pause);
            try {
              console.discardTyped();
              console.err().print(question);
              String answer = lines.next();
              if (!answer.endsWith("\n")) {
                console.err().println();
              }
              return answer;
            } finally {
              live.ifPresent(SessionView::goOn);
            }
          }
        },
        place);
  }

  @Override
  public Answer ask(ToolCall call) throws InterruptedException {
    Same same = new Same(call.tool(), call.arguments());
    if (always.contains(same)) {
      return Answer.YES;
    }
    CallQuestion question = new CallQuestion(call, place, person.size());
    question.shown().forEach(person::show);
    person.show("  (n and some words: no, and the model is told these words)");
    while (true) {
      String typed = person.answer(question.isCut() ? QUESTION_OF_CUT : QUESTION);
      Matcher no = NO.matcher(typed.strip());
      if (no.matches()) {
        return new Answer.No(Optional.ofNullable(no.group("reason")));
      }
      switch (typed.strip().toLowerCase(Locale.ROOT)) {
        case "y", "yes" -> {
          return Answer.YES;
        }
        case "a", "always" -> {
          always.add(same);
          return Answer.YES;
        }
        case "w", "whole" -> question.whole().forEach(person::show);
        default -> {
          if (!typed.endsWith("\n")) {
            return Answer.LATER;
          }
        }
      }
    }
  }
}
