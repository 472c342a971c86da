package initrunner.cli.run;

import initrunner.agent.Approver;
import initrunner.cli.console.Console;
import initrunner.cli.console.InputLines;
import initrunner.cli.console.Style;
import initrunner.cli.console.TerminalLook;
import initrunner.cli.console.TerminalSize;
import initrunner.text.SafeText;
import initrunner.tool.ToolCall;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks the person at the terminal. The question takes at most a screen ([CallQuestion]), and keys
/// typed before it is shown do not answer it. For one thread at a time.
public final class TerminalApprover implements Approver {

  private record Same(String tool, Map<String, Object> arguments) {}

  public interface Person {

    /// The lines and columns that are free.
    TerminalSize size();

    /// Shows one line; the terminal obeys nothing in it.
    void show(String line);

    /// Shows the line that says which call is asked about, so that it stands out.
    void heading(String line);

    /// Reads a line that is typed from now on, with its end, or without it at the end of the input.
    /// Drops what was typed before. Blocks.
    String answer(String question) throws InterruptedException;
  }

  private static final String QUESTION = "  Run it? y(es), n(o), a(lways exactly this): ";
  private static final String QUESTION_OF_CUT =
      "  Run it? y(es), n(o), a(lways exactly this), w(hole call): ";

  private static final int MOST_SHOWN = 40;
  private static final Pattern NO = Pattern.compile("(?is)no?(\\s+(?<reason>.+))?");

  private final Person person;
  private final Function<ToolCall, String> place;
  private final Set<Same> always = new HashSet<>();

  public TerminalApprover(Person person, Function<ToolCall, String> place) {
    this.person = person;
    this.place = place;
  }

  /// Uses standard input and standard error.
  ///
  /// @param live writes over a line of the terminal, except during a question
  public static TerminalApprover of(
      Console console, Function<ToolCall, String> place, Optional<SessionView> live) {
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
          public void heading(String line) {
            live.ifPresent(SessionView::pause);
            console.err().screen(TerminalLook.of(console)).line(Style.HEADING, line);
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
            } catch (InterruptedException e) {
              console.err().println();
              throw e;
            } finally {
              live.ifPresent(SessionView::goOn);
            }
          }
        },
        place);
  }

  @Override
  public String means(ToolCall call) {
    return "terminal";
  }

  @Override
  public Decision ask(ToolCall call) throws InterruptedException {
    Same same = new Same(call.tool(), call.arguments());
    if (always.contains(same)) {
      return Decision.YES;
    }
    CallQuestion question = new CallQuestion(call, place.apply(call), person.size());
    show(question.shown());
    person.show("  (n and some words: no, and the model is told these words)");
    while (true) {
      String typed = person.answer(question.isCut() ? QUESTION_OF_CUT : QUESTION);
      Matcher no = NO.matcher(typed.strip());
      if (no.matches()) {
        return new Decision.No(Optional.ofNullable(no.group("reason")));
      }
      switch (typed.strip().toLowerCase(Locale.ROOT)) {
        case "y", "yes" -> {
          return Decision.YES;
        }
        case "a", "always" -> {
          always.add(same);
          return Decision.YES;
        }
        case "w", "whole" -> show(question.whole());
        default -> {
          if (!typed.endsWith("\n")) {
            return Decision.LATER;
          }
          person.show(
              "  '"
                  + SafeText.cut(typed.strip(), MOST_SHOWN)
                  + "' is no answer; allowed is y, n, a"
                  + (question.isCut() ? ", w" : ""));
        }
      }
    }
  }

  /// @param call the line that names it first
  private void show(List<String> call) {
    person.heading(call.getFirst());
    call.stream().skip(1).forEach(person::show);
  }
}
