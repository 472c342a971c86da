package initrunner.cli;

import initrunner.agent.Approver;
import initrunner.text.SafeText;
import initrunner.tool.ToolCall;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Asks the person at the terminal. What the call would do is shown whole, and nothing in it is
/// obeyed by the terminal. Used by one thread at a time.
final class TerminalApprover implements Approver {

  private record Same(String tool, Map<String, Object> arguments) {}

  /// Where a person is asked.
  interface Person {

    /// Shows one line, in which the terminal obeys nothing.
    void show(String line);

    /// What was typed, with the end of the line; without it where the input ended. Blocks.
    String answer(String question) throws InterruptedException;
  }

  private final Person person;
  private final String place;
  private final Set<Same> always = new HashSet<>();

  TerminalApprover(Person person, String place) {
    this.person = person;
    this.place = place;
  }

  /// On standard input and standard error.
  static TerminalApprover of(Console console, String place) {
    InputLines lines = new InputLines(console.stdin());
    return new TerminalApprover(
        new Person() {
          @Override
          public void show(String line) {
            console.err().println(line);
          }

          @Override
          public String answer(String question) throws InterruptedException {
            console.err().print(question);
            console.err().flush();
            String answer = lines.next();
            if (!answer.endsWith("\n")) {
              console.err().println();
            }
            return answer;
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
    person.show("? " + SafeText.exact(call.tool()) + " on " + place + ":");
    call.arguments().forEach((name, value) -> show(name, String.valueOf(value)));
    while (true) {
      String answer = person.answer("  Run it? y(es), n(o), a(lways exactly this): ");
      switch (answer.strip().toLowerCase(Locale.ROOT)) {
        case "y", "yes" -> {
          return Answer.YES;
        }
        case "n", "no" -> {
          return Answer.NO;
        }
        case "a", "always" -> {
          always.add(same);
          return Answer.YES;
        }
        default -> {
          if (!answer.endsWith("\n")) {
            return Answer.LATER;
          }
        }
      }
    }
  }

  private void show(String name, String value) {
    String[] lines = value.split("\n", -1);
    if (lines.length == 1) {
      person.show("    " + SafeText.exact(name + ": " + value));
      return;
    }
    person.show("    " + SafeText.exact(name) + ":");
    for (String line : lines) {
      person.show("      " + SafeText.exact(line));
    }
  }
}
