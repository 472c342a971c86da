package initrunner.cli.jobs;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.Command;
import initrunner.exec.Stdin;
import initrunner.run.RoleSource;
import initrunner.text.JsonText;
import initrunner.text.SafeText;
import initrunner.tool.jobs.Job;
import initrunner.tool.jobs.JobName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `jobs start`.
@CommandLine.Command(
    name = "start",
    exitCodeOnExecutionException = ExitCodes.EXEC_FAILED,
    sortOptions = false,
    customSynopsis = {
      "Usage: initrunner jobs start ROLE [OPTIONS] -- ARGV…",
      "       initrunner jobs start --host HOST [--cwd DIR] [OPTIONS] -- ARGV…"
    },
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {
      "Starts a command that outlives this program and the connection; prints its id.",
      "It runs when this returns. No shell reads ARGV.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner jobs start role.yaml -- make -j4 all",
      "  initrunner jobs start --host gpu-box --cwd /srv/work -- ./train.sh",
      "",
      "Exit status: 0 it runs, 2 wrong usage or a fault in the role, 125 it was not",
      "started."
    })
final class JobsStartCommand implements Callable<Integer> {

  @ParentCommand private JobsCommand parent;
  @Spec private CommandSpec spec;

  @Option(names = "--name", paramLabel = "NAME", description = "A name for people and models.")
  private @Nullable String name;

  @Option(
      names = "--cwd",
      paramLabel = "DIR",
      description = "Start in this directory; below the role's own if it is relative.")
  private @Nullable String directory;

  @Option(names = "--json", description = "One JSON object about the job.")
  private boolean json;

  @Mixin private final JobOptions options = new JobOptions();

  @Override
  public Integer call() {
    Console console = parent.console();
    List<String> argv = argv();
    String called = name == null ? JobName.ofProgram(argv.getFirst()) : name;
    if (!JobName.isOne(called)) {
      throw options.fault("--name is '" + called + "'; allowed are " + JobName.ALLOWED);
    }
    options.requireNothingBefore(argv);
    RoleSource source = options.source(console.environment(), Optional.empty());
    Command command = new Command(argv, Map.of(), Optional.ofNullable(directory), Stdin.nothing());
    return options.statusOf(
        console,
        source,
        jobs -> {
          tell(console, jobs.start(command, called, String.join(" ", argv)));
          return ExitCodes.OK;
        });
  }

  private void tell(Console console, Job job) {
    if (json) {
      console.out().println(JsonText.line(JobLines.fields(job)));
      return;
    }
    console.out().println(job.id());
    String[] survives = job.survives().split(" ", 2);
    console
        .err()
        .println(
            "initrunner: it goes on when the connection ends; survives logout: "
                + SafeText.oneLine(survives[0])
                + (survives.length > 1 ? " (" + SafeText.oneLine(survives[1]) + ")" : ""));
  }

  /// The words after the first `--`.
  private List<String> argv() {
    List<String> all = spec.root().commandLine().getParseResult().originalArgs();
    int delimiter = all.indexOf("--");
    if (delimiter < 0 || delimiter == all.size() - 1) {
      throw options.fault("no command is given; write it after --, as in: -- make all");
    }
    return all.subList(delimiter + 1, all.size());
  }
}
