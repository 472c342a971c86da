package initrunner.cli.repl;

import initrunner.agent.Approver;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.InputLines;
import initrunner.cli.run.RunAttempt;
import initrunner.cli.run.RunReport;
import initrunner.cli.run.RunView;
import initrunner.cli.run.TerminalApprover;
import initrunner.model.http.Models;
import initrunner.run.RunEnd;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.output.OutputWatcher;
import java.util.List;
import java.util.Optional;

/// The session of a program or a pipe: one line in, one answer out. No prompts, no colours.
final class LineUi implements ReplUi {

  private final Console console;
  private final InputLines lines;

  LineUi(Console console) {
    this.console = console;
    this.lines = new InputLines(console.stdin());
  }

  @Override
  public void greet(List<String> greeting) {}

  @Override
  public Optional<String> next() throws InterruptedException {
    StringBuilder prompt = new StringBuilder();
    String line = lines.next();
    while (line.endsWith("\\\n")) {
      prompt.append(line, 0, line.length() - 2).append('\n');
      if (prompt.length() > InputLines.MOST_PROMPT_BYTES) {
        throw new InputLines.TooLongException();
      }
      line = lines.next();
    }
    prompt.append(line);
    return prompt.isEmpty() ? Optional.empty() : Optional.of(prompt.toString().strip());
  }

  @Override
  public Models.Delivery delivery() {
    return console.output() == Console.Output.TERMINAL
        ? Models.Delivery.STREAMED
        : Models.Delivery.WHOLE;
  }

  @Override
  public Approver approver(RoleRuntime runtime) {
    boolean person =
        console.input() == Console.Output.TERMINAL
            && console.errorOutput() == Console.Output.TERMINAL;
    return person
        ? TerminalApprover.of(console, runtime::askedPlaceOf, Optional.empty())
        : Approver.ABSENT;
  }

  @Override
  public RunEnd watch(RoleRuntime runtime, int callsBefore, Turn turn) {
    return turn.run(new RunView(console, runtime), OutputWatcher.NONE);
  }

  @Override
  public int show(RunAttempt attempt, RunReport report) {
    return attempt.shown(new RunEnd(report.run(), List.of()));
  }

  @Override
  public void say(String line) {
    console.out().println(line);
  }

  @Override
  public void note(String line) {
    console.err().println(line);
  }

  @Override
  public void complain(String what, String remedy) {
    console.complain(what, remedy);
  }

  @Override
  public int statusOfFailures() {
    return ExitCodes.FAILED;
  }

  @Override
  public void close() {}
}
