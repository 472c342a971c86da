package initrunner.cli;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.RemedyException;
import initrunner.run.RunRecord;
import initrunner.schema.ConfigException;
import initrunner.text.FileFailure;
import initrunner.text.Nearest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Reports a command's failure on standard error: the fault, then the next step. It adds the stack
/// trace only with `-v`.
final class Failures
    implements CommandLine.IParameterExceptionHandler, CommandLine.IExecutionExceptionHandler {

  private final Console console;
  private final Root root;

  Failures(Console console, Root root) {
    this.console = console;
    this.root = root;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    console.err().println("initrunner: " + what(failure));
    suggest(failure, args);
    console
        .err()
        .println("Try '" + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
    return ExitCodes.USAGE;
  }

  /// The parser's message counts arguments; the user needs the word.
  private static String what(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)) {
      return String.valueOf(failure.getMessage());
    }
    String given = "'" + unmatched.getUnmatched().getFirst() + "'";
    if (unmatched.isUnknownOption()) {
      return "there is no option " + given;
    }
    return failure.getCommandLine().getSubcommands().isEmpty()
        ? given + " is one word too many"
        : "there is no command " + given;
  }

  /// A prompt without `-p`, or one that the shell split into several words.
  private void suggestPrompt(ParameterException failure, String[] args) {
    boolean isText =
        failure instanceof UnmatchedArgumentException unmatched
            && !unmatched.getUnmatched().getFirst().startsWith("-")
            && failure.getCommandLine().getCommandName().equals("run");
    if (isText) {
      boolean isPromptGiven =
          Stream.of(args).anyMatch(arg -> arg.startsWith("-p") || arg.startsWith("--prompt"));
      console
          .err()
          .println(
              isPromptGiven
                  ? "A prompt of several words needs quotes: -p \"TEXT\"."
                  : "If that is the prompt, put -p in front of it, and quotes around it.");
    }
  }

  private void suggest(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    boolean isCommand =
        failure instanceof UnmatchedArgumentException unmatched
            && !unmatched.isUnknownOption()
            && !command.getSubcommands().isEmpty();
    if (!isCommand) {
      UnmatchedArgumentException.printSuggestions(failure, console.err().writer());
      suggestPrompt(failure, args);
      return;
    }
    String given = ((UnmatchedArgumentException) failure).getUnmatched().getFirst();
    String meant = Nearest.question(given, command.getSubcommands().keySet());
    if (!meant.isEmpty()) {
      console.err().println(meant);
    }
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult parsed) {
    int status = report(failure, commandLine.getCommandSpec().exitCodeOnExecutionException());
    if (root.verbose()) {
      console.err().print(failure);
    }
    return status;
  }

  private int report(Exception failure, int statusOfCommand) {
    switch (failure) {
      case ConfigException role -> {
        role.lines().forEach(console.err()::println);
        return ExitCodes.USAGE;
      }
      case RemedyException known -> say(known.getMessage(), known.remedy());
      case InvalidPathException path when path.getInput().indexOf('\0') < 0 -> {
        console.err().println("initrunner: a path is " + unreadable(path.getInput()));
        return ExitCodes.USAGE;
      }
      case UncheckedIOException io -> say(what(io), FileFailure.remedy(cause(io), where()));
      case IOException io -> say(FileFailure.reason(io), FileFailure.remedy(io, where()));
      default -> console.err().println("initrunner: " + oneLine(failure));
    }
    return statusOfCommand;
  }

  /// The JVM decodes names in the locale's encoding and puts U+FFFD where that fails; no file has
  /// such a name.
  static String unreadable(String name) {
    return "'"
        + name
        + "', which cannot be read in the locale's encoding, "
        + System.getProperty("native.encoding")
        + "; with LC_ALL=C.UTF-8 set, all UTF-8 can";
  }

  private void say(@Nullable String what, String remedy) {
    console.err().println("initrunner: " + what);
    if (!remedy.isEmpty()) {
      console.err().printLines(remedy);
    }
  }

  private String where() {
    return root.verbose() ? "" : "With -v in front of the command, it says where.";
  }

  private static String what(UncheckedIOException failure) {
    IOException cause = cause(failure);
    String reason = FileFailure.reason(cause);
    String said = String.valueOf(failure.getMessage());
    return said.equals(cause.toString()) ? reason : said + ": " + reason;
  }

  private static IOException cause(UncheckedIOException failure) {
    return Objects.requireNonNull(failure.getCause(), "an UncheckedIOException has a cause");
  }

  private String oneLine(Exception failure) {
    return RunRecord.internal(failure)
        + (root.verbose() ? "" : " (-v in front of the command shows what it says and where)");
  }
}
