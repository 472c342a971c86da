package initrunner.tool;

import initrunner.exec.Captured;
import initrunner.exec.Ended;
import initrunner.exec.Outcome;
import initrunner.text.PackagedText;
import java.util.ArrayList;
import java.util.List;

/// A program of the host that runs code on its standard input, and the text for the model if the
/// host lacks that program. Immutable.
///
/// @param remedy the next step if the host lacks it
record Interpreter(String program, String remedy) implements OutcomeText {

  private static final String SCRIPT = PackagedText.read(Interpreter.class, "interpret.sh");
  private static final String MISSING = "initrunner: no interpreter\n";

  /// The script that becomes the interpreter, with these options.
  ShellInput input(String... options) {
    List<String> words = new ArrayList<>(List.of(program));
    words.addAll(List.of(options));
    return new ShellInput(SCRIPT).arguments(words);
  }

  @Override
  public String of(Plan.Run run, Outcome outcome, Captured output, String host) {
    boolean isMissing =
        outcome.ended().equals(new Ended.Exited(127)) && output.stderrText().equals(MISSING);
    return isMissing
        ? "Error: command '" + program + "' not found on " + host + ". Nothing was run. " + remedy
        : PLAIN.of(run, outcome, output, host);
  }
}
