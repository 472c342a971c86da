package initrunner.cli;

import initrunner.audit.AuditException;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.RemedyException;
import initrunner.model.ModelException;
import initrunner.run.RunRecord;
import initrunner.schema.ConfigException;
import initrunner.text.FileFailure;
import initrunner.text.Nearest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Reports a command's failure on standard error: the fault, then the next step. It adds the stack
/// trace only with `-v`.
record Failures(Console console, Root root)
    implements CommandLine.IParameterExceptionHandler, CommandLine.IExecutionExceptionHandler {

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    console.err().println("initrunner: " + what(failure, List.of(args)));
    explain(failure);
    suggestPrompt(failure, args);
    suggestDelimiter(failure, args);
    console
        .err()
        .println("Try '" + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
    return ExitCodes.USAGE;
  }

  /// The parser names its own terms; the user needs the word, what is allowed, and how it is given.
  private static String what(ParameterException failure, List<String> args) {
    return switch (failure) {
      case UnmatchedArgumentException unmatched -> unmatched(unmatched);
      case MissingParameterException missing -> missing(missing.getMissing().getFirst(), args);
      case OverwrittenOptionException twice ->
          name(twice.getOverwritten(), args) + " may be given once";
      case ParameterException other when other.getArgSpec() != null ->
          unfit(other.getArgSpec(), other, name(other.getArgSpec(), args));
      default -> String.valueOf(failure.getMessage());
    };
  }

  private static String unmatched(UnmatchedArgumentException failure) {
    CommandLine command = failure.getCommandLine();
    String given = failure.getUnmatched().getFirst();
    if (failure.isUnknownOption()) {
      return "there is no option '" + given + "'" + meant(given, command.getCommandSpec());
    }
    List<String> commands = shown(command).toList();
    if (commands.isEmpty()) {
      return "'" + given + "' is one word too many";
    }
    String meant = meantCommand(given, command, commands);
    return "there is no command '"
        + given
        + "'; "
        + (meant.isEmpty() ? "allowed is " + String.join(", ", commands) : meant);
  }

  /// The names of the commands that the help shows.
  private static Stream<String> shown(CommandLine command) {
    return command.getSubcommands().entrySet().stream()
        .filter(each -> !each.getValue().getCommandSpec().usageMessage().hidden())
        .map(Map.Entry::getKey);
  }

  /// A command of a command is looked at last: `audit export` for `export`.
  private static String meantCommand(String given, CommandLine command, List<String> commands) {
    String meant = Nearest.question(given, commands);
    if (!meant.isEmpty()) {
      return meant;
    }
    Map<String, String> nested = new LinkedHashMap<>();
    command
        .getSubcommands()
        .forEach(
            (name, sub) -> shown(sub).forEach(each -> nested.putIfAbsent(each, name + " " + each)));
    return Nearest.to(given, nested.keySet())
        .map(each -> "did you mean " + nested.get(each) + "?")
        .orElse("");
  }

  /// An option in front of the command that has it is known, too.
  private static String meant(String option, CommandSpec command) {
    String name = option.replaceFirst("=.*", "");
    String meant = Nearest.question(name, command.optionsMap().keySet());
    if (!meant.isEmpty()) {
      return "; " + meant;
    }
    String owners =
        command.subcommands().entrySet().stream()
            .filter(each -> each.getValue().getCommandSpec().findOption(name) != null)
            .map(each -> command.qualifiedName() + " " + each.getKey())
            .collect(Collectors.joining(", "));
    return owners.isEmpty() ? "" : "; write it behind the command that has it: " + owners;
  }

  private static String missing(ArgSpec missing, List<String> args) {
    if (!missing.isOption()) {
      return missing.paramLabel() + " is missing; " + explained(missing);
    }
    String name = name(missing, args);
    String separator = name.startsWith("--") ? "=" : " ";
    return name + " has no value; write " + name + separator + missing.paramLabel();
  }

  /// A value that is none of the option's: a switch has none, and a number is the only type that
  /// has no words of its own.
  private static String unfit(ArgSpec option, ParameterException failure, String name) {
    if (option.arity().max() == 0) {
      return name + " takes no value, got '" + failure.getValue() + "'";
    }
    String said = String.valueOf(failure.getMessage());
    if (option.type() == int.class) {
      said = "'" + failure.getValue() + "' is not a number; allowed is a whole number, 1 or more";
    } else if (failure.getCause() instanceof TypeConversionException own) {
      said = String.valueOf(own.getMessage());
    }
    return name + ": " + said;
  }

  /// An option as it was typed.
  private static String name(ArgSpec argument, List<String> args) {
    return argument instanceof OptionSpec option
        ? args.stream()
            .map(arg -> arg.replaceFirst("=.*", ""))
            .filter(List.of(option.names())::contains)
            .findFirst()
            .orElse(option.longestName())
        : argument.paramLabel();
  }

  /// The help's words for a parameter, as the rest of a sentence.
  private static String explained(ArgSpec parameter) {
    String words = String.join(" ", parameter.description());
    return "give "
        + Character.toLowerCase(words.charAt(0))
        + words.substring(1).replaceAll("\\.$", "");
  }

  /// What an option's value is.
  private void explain(ParameterException failure) {
    if (failure instanceof MissingParameterException missing
        && missing.getMissing().getFirst() instanceof OptionSpec option) {
      console.err().println(option.paramLabel() + ": " + String.join(" ", option.description()));
    }
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

  /// An option of the command that is to run, without the dashes in front of that command.
  private void suggestDelimiter(ParameterException failure, String[] args) {
    CommandSpec command = failure.getCommandLine().getCommandSpec();
    boolean takesACommand =
        Stream.of(command.usageMessage().customSynopsis())
            .anyMatch(line -> line.contains("-- ARGV"));
    if (takesACommand
        && failure instanceof UnmatchedArgumentException unmatched
        && unmatched.isUnknownOption()
        && !List.of(args).contains("--")) {
      console
          .err()
          .println("If it is the command's, write -- in front of the command, as in: -- uname -n");
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
      case ModelException model -> {
        console.complain(model.getMessage(), model.remedy());
        return ExitCodes.USAGE;
      }
      case RemedyException known -> {
        say(known.getMessage(), known.remedy());
        return known instanceof AuditException.VariableInvalid ? ExitCodes.USAGE : statusOfCommand;
      }
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
        + "; set LC_ALL=C.UTF-8";
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
