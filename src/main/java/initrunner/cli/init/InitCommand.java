package initrunner.cli.init;

import initrunner.audit.AuditLocation;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.TerminalLook;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.ModelName;
import initrunner.role.model.Provider;
import initrunner.run.HostRole;
import initrunner.run.RoleSource;
import initrunner.runtime.doctor.Doctor;
import initrunner.runtime.doctor.Finding;
import initrunner.text.Nearest;
import initrunner.text.SafeText;
import initrunner.text.ShellWord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `init`: asks what a first role needs to say, and writes it.
@Command(
    name = "init",
    sortOptions = false,
    descriptionHeading = "%n",
    description = {
      "Asks five questions, looks at the host, and writes your first role.",
      "An option answers one of the questions, and --yes the rest, as is usual.",
      "It writes role.yaml, role.schema.json (for editors) and .env.example, and never",
      "over a file that is there.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  initrunner init",
      "      in this directory",
      "  initrunner init build-helper --host my-build-box",
      "      in a new directory; four questions are left",
      "  initrunner init --host my-build-box --directory /srv/work --tools shell,git \\",
      "      --ask changes --model ollama:qwen3:8b",
      "      no question",
      "  initrunner init sandbox --host this-machine --yes",
      "      no host: contained on this machine",
      "",
      "Exit status: 0; 1 the role is written, but commands cannot run there yet, and",
      "doctor is the next step; 2 wrong usage, or a file is there already; 130 stopped",
      "by Ctrl-C, and nothing was written."
    })
public final class InitCommand implements Callable<Integer> {

  private static final int SIGINT = 2;
  private static final int MOST_SHOWN = 60;

  private static final String HOSTS =
      "an alias of ~/.ssh/config, user@hostname, or " + Answers.THIS_MACHINE;

  /// Whether hosts are looked at.
  enum Check {
    LOOKS,
    NONE
  }

  /// Whether commands can run where the role says.
  private enum Ready {
    YES,
    NO
  }

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "Where the files go, made if it is missing (default: the current directory).")
  private Path directory = Path.of("");

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "An alias of ~/.ssh/config, user@hostname, or this-machine.")
  private @Nullable String host;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "Where commands start there; ~ is the login directory.")
  private @Nullable String there;

  @Option(
      names = "--tools",
      paramLabel = "LIST",
      split = ",",
      completionCandidates = KnownTool.Words.class,
      description = "Which of shell, python, filesystem, git and jobs.")
  private @Nullable List<String> tools;

  @Option(
      names = "--ask",
      paramLabel = "WHEN",
      completionCandidates = Asked.Words.class,
      description = "Before what a person is asked: changes, everything or nothing.")
  private @Nullable String ask;

  @Option(names = "--model", paramLabel = "PROVIDER:NAME", description = "The model.")
  private @Nullable String model;

  @Option(
      names = "--yes",
      description = "Ask nothing: this machine, the usual tools, --ask changes, a model found.")
  private boolean yes;

  @Option(names = "--no-check", description = "Do not look at the host.")
  private boolean unchecked;

  public InitCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    StarterFiles files = new StarterFiles(directory);
    refuseFilesThatAreThere(files);
    Given given = given();
    boolean asks = !yes && !given.isWhole();
    boolean isTerminal =
        console.input() == Console.Output.TERMINAL && console.output() == Console.Output.TERMINAL;
    if (asks && !isTerminal) {
      throw fault(
          "standard input and output are no terminal to ask on; give "
              + String.join(", ", given.missing())
              + ", or --yes for what is usual");
    }
    return asks ? interview(files, given) : write(files, usual(given), false);
  }

  private void refuseFilesThatAreThere(StarterFiles files) {
    List<Path> inTheWay = files.inTheWay();
    if (!inTheWay.isEmpty()) {
      throw fault(
          inTheWay.stream().map(Path::toString).collect(Collectors.joining(", "))
              + (inTheWay.size() == 1 ? " is" : " are")
              + " there already, and init writes over no file; give another directory, as:"
              + " initrunner init my-agent");
    }
  }

  private int interview(StarterFiles files, Given given) throws IOException {
    Answers answers;
    boolean goesOn;
    try (LineEditor editor = LineEditor.open(console)) {
      Dialog dialog = new Dialog(console.out().screen(TerminalLook.of(console)), editor);
      Interview interview =
          new Interview(dialog, given, console.environment(), environment(files), check());
      answers = interview.ask();
      goesOn = interview.goesOn();
    } catch (InterruptedException e) {
      console.err().println();
      console.err().println("Nothing was written.");
      return ExitCodes.signal(SIGINT);
    }
    console.out().println();
    return write(files, answers, goesOn);
  }

  private Answers usual(Given given) {
    Map<String, String> process = console.environment();
    Optional<String> named = given.host().filter(each -> !each.equals(Answers.THIS_MACHINE));
    Optional<String> start = given.directory().filter(each -> !Given.isUsual(each));
    Place place = Place.UNKNOWN;
    if (given.tools().isEmpty() && !unchecked) {
      place =
          named
              .map(name -> Place.ofHost(name, start, process))
              .orElseGet(() -> Place.here(start, process));
    }
    ModelName found =
        given.model().isPresent()
            ? given.model().get()
            : ModelOffers.find(environment(new StarterFiles(directory))).usual();
    Answers answers = given.orUsual(place, found);
    return new Answers(
        answers.host(),
        answers.directory().map(each -> absolute(each, answers.host(), process)),
        answers.tools(),
        answers.asked(),
        answers.model());
  }

  /// Writes the role, and runs nothing but a look at where its commands would run.
  private int write(StarterFiles files, Answers answers, boolean goesOn) throws IOException {
    RoleEnvironment environment = environment(files);
    List<Path> written = files.write(answers);
    written.forEach(file -> console.out().println("Wrote " + file));
    RoleSource source = RoleSource.of(files.role(), console.environment());
    Optional<Finding> choice =
        unchecked || goesOn
            ? Optional.empty()
            : Optional.of(Doctor.choice(source.role(), source.environment().values()));
    boolean works = choice.map(each -> each.verdict() != Finding.Verdict.MISSING).orElse(true);
    if (!works) {
      console.complain(
          "commands cannot run there yet: " + choice.get().detail(),
          choice.get().remedy().orElse(""));
    }
    sayNext(files, answers, environment, works && !goesOn ? Ready.YES : Ready.NO);
    return works ? ExitCodes.OK : ExitCodes.FAILED;
  }

  /// Where commands cannot run yet, the one step is to see whether they can: all others fail.
  private void sayNext(
      StarterFiles files, Answers answers, RoleEnvironment environment, Ready ready) {
    String role = ShellWord.quote(files.role().toString());
    List<String> lines = new ArrayList<>();
    ModelOffers.find(environment)
        .obstacle(answers.model(), environment)
        .ifPresent(obstacle -> {
          console
              .err()
              .println(
                  "initrunner: " + answers.model() + " cannot be asked yet: " + obstacle.why());
          lines.add(obstacle.step());
        });
    switch (ready) {
      case YES -> {
        lines.add("initrunner validate " + role);
        lines.add("initrunner exec " + role + " -- uname -n");
        lines.add("initrunner run " + role + " -p \"What is in your directory?\"");
      }
      case NO -> lines.add("initrunner doctor " + role + "   # says when commands can run there");
    }
    console.out().println();
    console.out().println("Next:");
    lines.forEach(line -> console.out().println("  " + line));
  }

  private RoleEnvironment environment(StarterFiles files) {
    return RoleEnvironment.of(
        files.role(), AuditLocation.home(console.environment()), console.environment());
  }

  private Check check() {
    return unchecked ? Check.NONE : Check.LOOKS;
  }

  /// What the options say.
  ///
  /// @throws ParameterException with all of their faults
  private Given given() {
    List<String> faults = new ArrayList<>();
    if (host != null && !isHost(host)) {
      faults.add("--host is '" + host + "'; allowed is " + HOSTS);
    }
    List<String> types = tools == null ? List.of() : tools;
    types.stream()
        .filter(each -> !KnownTool.types().contains(each))
        .forEach(each -> faults.add(unknown("--tools", each, KnownTool.types())));
    Optional<Asked> asked = Optional.ofNullable(ask).flatMap(Asked::of);
    if (ask != null && asked.isEmpty()) {
      faults.add(unknown("--ask", ask, Asked.words()));
    }
    Optional<ModelName> name = Optional.ofNullable(model).flatMap(InitCommand::model);
    if (model != null && name.isEmpty()) {
      faults.add("--model is '" + model + "'; " + faultOfModel(model));
    }
    if (!faults.isEmpty()) {
      throw fault(String.join("; ", faults));
    }
    return new Given(
        Optional.ofNullable(host),
        Optional.ofNullable(there),
        types.stream().distinct().toList(),
        asked,
        name);
  }

  private static String unknown(String option, String word, List<String> allowed) {
    String meant = Nearest.question(word, allowed);
    return option
        + " is '"
        + word
        + "'; "
        + (meant.isEmpty() ? "allowed is " + String.join(", ", allowed) : meant);
  }

  /// Whether `ssh` would take it as a host.
  static boolean isHost(String text) {
    try {
      return text.equals(Answers.THIS_MACHINE)
          || new HostRole("init", "--host").of(text, Optional.empty()).sandbox().ssh().isPresent();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// The model of a name whose provider is known; of a provider alone, its usual one.
  static Optional<ModelName> model(String text) {
    return ModelName.parse(text)
        .or(() ->
            Provider.named(text)
                .filter(each -> !each.usualModel().isEmpty())
                .map(each -> new ModelName(each.id(), each.usualModel())))
        .filter(each -> Provider.named(each.provider()).isPresent())
        .filter(each -> each.name().matches("[\\x21-\\x7E]+"));
  }

  /// What is said of a text that [#model] does not take.
  static String faultOfModel(String text) {
    String provider = text.replaceFirst("(?s):.*", "");
    if (provider.isBlank() || Provider.named(provider).isPresent()) {
      return "allowed is PROVIDER:NAME, as openai:gpt-5-mini";
    }
    String meant = Nearest.question(provider, Provider.NAMES);
    return "there is no provider '"
        + SafeText.cut(provider, MOST_SHOWN)
        + "'; "
        + (meant.isEmpty() ? "" : meant + " ")
        + "allowed is PROVIDER:NAME, with one of "
        + Provider.names();
  }

  /// A directory of this machine as the role has to name it; the host's own as it is.
  static String absolute(String directory, Optional<String> host, Map<String, String> process) {
    if (host.isPresent()) {
      return directory;
    }
    String home = process.getOrDefault("HOME", System.getProperty("user.home", "/"));
    String expanded = directory.startsWith("~/") ? home + directory.substring(1) : directory;
    return Path.of(expanded).toAbsolutePath().normalize().toString();
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), SafeText.oneLine(message));
  }
}
