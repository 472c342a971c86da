package initrunner.cli.complete;

import initrunner.agent.PausedRun;
import initrunner.audit.AuditException;
import initrunner.audit.AuditLocation;
import initrunner.audit.AuditQuery;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.role.hosts.HostGroups;
import initrunner.run.RunHome;
import initrunner.run.WaitingCall;
import initrunner.run.WaitingCalls;
import initrunner.schema.ConfigException;
import initrunner.ssh.client.SshAliases;
import initrunner.text.SafeText;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `completion SHELL`: prints the script that completes command lines in a shell.
@Command(
    name = "completion",
    sortOptions = false,
    descriptionHeading = "%n",
    description = {
      "Prints a script that completes command lines in bash, zsh or fish.",
      "It completes commands, options and their values, role files, the hosts of",
      "~/.ssh/config and of what that includes, and the ids of runs.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  echo 'source <(initrunner completion bash)' >> ~/.bashrc",
      "      bash: in each new shell",
      "  initrunner completion zsh > \"${fpath[1]}/_initrunner\"",
      "      zsh: in each new shell, where ~/.zshrc calls compinit",
      "  initrunner completion fish > ~/.config/fish/completions/initrunner.fish",
      "      fish: at once"
    })
public final class CompletionCommand implements Callable<Integer> {

  /// More would fill a terminal.
  private static final int MOST_RUNS = 50;

  private static final int MOST_SHOWN = 60;

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "SHELL",
      converter = Shell.Converter.class,
      completionCandidates = Shell.Names.class,
      description = "bash, zsh or fish.")
  private Shell shell;

  /// The scripts ask so for what only the program knows: an id on each line, a tab, and what it is.
  @Option(names = "--values", hidden = true)
  private @Nullable String values;

  public CompletionCommand(Console console) {
    this.console = console;
  }

  enum Shell {
    BASH,
    ZSH,
    FISH;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static final class Names implements Iterable<String> {
      @Override
      public Iterator<String> iterator() {
        return Arrays.stream(values()).map(Shell::word).iterator();
      }
    }

    static final class Converter implements ITypeConverter<Shell> {
      @Override
      public Shell convert(String value) {
        return Stream.of(values())
            .filter(each -> each.word().equals(value))
            .findFirst()
            .orElseThrow(() ->
                new TypeConversionException(
                    "'"
                        + value
                        + "' is no shell that it knows; allowed is "
                        + String.join(", ", new Names())));
      }
    }
  }

  @Override
  public Integer call() {
    if (values != null) {
      ids(values).forEach(console.out()::printLines);
      return ExitCodes.OK;
    }
    Shape program = Shape.of(spec.root());
    String aliases = SshAliases.script();
    console
        .out()
        .printLines(
            switch (shell) {
              case BASH -> BashScript.of(program, aliases);
              case ZSH -> ZshScript.of(program, aliases);
              case FISH -> FishScript.of(program, aliases);
            });
    return ExitCodes.OK;
  }

  private List<String> ids(String kind) {
    if (kind.equals(Values.Kind.WAITING_RUN.word())) {
      return waiting();
    }
    if (kind.equals(Values.Kind.HOSTS.word())) {
      return groups();
    }
    return AuditLocation.toRead(console.environment(), Optional.empty()).stream()
        .flatMap(database -> {
          try {
            return AuditQuery.newestRuns(database, MOST_RUNS).stream();
          } catch (AuditException e) {
            // A person who presses a key has not asked for this.
            return Stream.empty();
          }
        })
        .map(run -> line(run.id(), run.agentName(), run.timestamp()))
        .collect(Collectors.toList());
  }

  private List<String> groups() {
    try {
      return HostGroups.load(AuditLocation.home(console.environment())).words().entrySet().stream()
          .map(group ->
              SafeText.oneLine("@" + group.getKey())
                  + "\t"
                  + SafeText.oneLine(SafeText.cut(String.join(",", group.getValue()), MOST_SHOWN)))
          .sorted()
          .toList();
    } catch (ConfigException e) {
      return List.of();
    }
  }

  private List<String> waiting() {
    List<PausedRun> runs = RunHome.of(console.environment()).pausedRuns().waiting().runs();
    List<WaitingCall> calls = WaitingCalls.of(console.environment()).waiting();
    return Stream.concat(
            runs.stream()
                .map(run -> line(run.approvalId(), run.agentName(), run.pausedAt().toString())),
            calls.stream().map(call -> line(call.id(), call.client(), call.askedAt().toString())))
        .toList();
  }

  /// The time to the second is the beginning of each form.
  private static String line(String id, String who, String when) {
    return SafeText.oneLine(id)
        + "\t"
        + SafeText.oneLine(who + ", " + when.substring(0, Math.min(19, when.length())));
  }
}
