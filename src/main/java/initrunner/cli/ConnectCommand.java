package initrunner.cli;

import initrunner.cli.connect.ConnectChanges;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.options.HostTools;
import initrunner.door.connect.Client;
import initrunner.door.connect.ClientFile;
import initrunner.door.connect.ClientFileChange;
import initrunner.door.connect.ClientFileException;
import initrunner.door.connect.FileLocations;
import initrunner.door.connect.Local;
import initrunner.door.connect.Place;
import initrunner.door.connect.Served;
import initrunner.role.Role;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.file.RoleFile;
import initrunner.run.HostRole;
import initrunner.run.RoleSource;
import initrunner.run.RunOrder;
import initrunner.runtime.RoleRuntime;
import initrunner.text.Nearest;
import initrunner.text.SafeText;
import initrunner.tool.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
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

/// `connect`: what to write into another agent's configuration, or writes it there.
@Command(
    name = "connect",
    customSynopsis = {
      "Usage: initrunner connect CLIENT (ROLE | --host HOST) [OPTIONS]",
      "       initrunner connect CLIENT (ROLE | --host HOST | --name NAME) --remove"
    },
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {
      "Shows what to write into another agent's configuration, or writes it there.",
      "CLIENT is claude-code, codex, cursor, vscode, zed or gemini.",
      "With --write, it shows the difference, asks, keeps the old file beside the new",
      "one, and leaves comments, order and form of the rest as they are.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner connect claude-code --host my-build-box",
      "      the lines to write by hand, and what still acts on this machine",
      "  initrunner connect claude-code role.yaml --project --only-host --write",
      "      this project only; Claude Code's own tools are switched off",
      "  initrunner connect codex --host my-build-box --cwd /srv/work --write --yes",
      "      without a question",
      "  initrunner connect cursor --name my-build-box --remove",
      "      takes out what connect put in",
      "",
      "Exit status: 0 done, or there was nothing to do; 1 the answer was no, or a file",
      "cannot be written; 2 wrong usage, or a file that cannot be read as its format;",
      "130 stopped by Ctrl-C at the question, and nothing was written."
    })
final class ConnectCommand implements Callable<Integer> {

  static final class Clients implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      return Client.words().iterator();
    }
  }

  private final Console console;
  private final Path here;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "CLIENT",
      completionCandidates = Clients.class,
      description = "The program that gets the tools.")
  private String client;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "ROLE",
      description = "The role: a YAML file, or a directory with agent.yaml or with role.yaml.")
  private @Nullable Path roleFile;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "No role: an alias of ~/.ssh/config, or user@hostname.")
  private @Nullable String host;

  @Option(names = "--cwd", paramLabel = "DIR", description = "With --host: where commands start.")
  private @Nullable String directory;

  @Option(
      names = "--tools",
      paramLabel = "LIST",
      split = ",",
      completionCandidates = HostTools.class,
      description = "With --host: which of shell, python, filesystem and git; all without this.")
  private @Nullable List<String> tools;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The server's name in the client; without this, that of the role or host.")
  private @Nullable String name;

  @Option(
      names = "--project",
      description = "For the project of this directory only, not for all of yours.")
  private boolean project;

  @Option(
      names = "--only-host",
      description = "Switch the client's own tools off, too, as far as it can do that.")
  private boolean onlyHost;

  @Option(
      names = "--bash-on-host",
      description = "claude-code: as --only-host, but commands of Bash run on the host.")
  private boolean bashOnHost;

  @Option(names = "--write", description = "Write it into the client's files.")
  private boolean write;

  @Option(names = "--remove", description = "Take out of the client's files what connect put in.")
  private boolean remove;

  @Option(names = "--yes", description = "Do not ask before writing.")
  private boolean yes;

  ConnectCommand(Console console) {
    this(console, Path.of("").toAbsolutePath());
  }

  /// @param here the directory of the project for `--project`
  ConnectCommand(Console console, Path here) {
    this.console = console;
    this.here = here;
  }

  @Override
  public Integer call() throws IOException {
    Client known = Client.of(client).orElseThrow(this::unknownClient);
    refuseContradictions();
    Served served = served(known);
    FileLocations locations = locations();
    try {
      if (remove) {
        List<ClientFileChange> changes = remove(known, served, locations);
        return change(changes, nothingToRemove(changes, served.name()));
      }
      refuseSwitchesWithoutAPlace(served);
      List<ClientFile> files = files(known, served, locations);
      int status = write ? write(files, served.name()) : show(files);
      if (status == ExitCodes.OK) {
        sayWhatStays(known, served, locations);
      }
      return status;
    } catch (ClientFileException e) {
      console.complain(String.valueOf(e.getMessage()), e.remedy());
      return ExitCodes.USAGE;
    }
  }

  private int write(List<ClientFile> files, String server) throws IOException {
    List<ClientFileChange> changes = new ArrayList<>();
    for (ClientFile file : files) {
      changes.add(ClientFileChange.connecting(file, server));
    }
    return change(changes, "There is nothing to do.");
  }

  private void sayWhatStays(Client known, Served served, FileLocations locations) {
    if (served.place() == Place.THIS_MACHINE) {
      console
          .err()
          .println(
              "The tools of "
                  + served.name()
                  + " act on this machine: its role has backend: none.");
    }
    known.notes(served, locations, local()).forEach(console.err()::println);
  }

  private void refuseSwitchesWithoutAPlace(Served served) {
    if (local() != Local.AS_BEFORE && served.place() == Place.THIS_MACHINE) {
      throw fault(
          (onlyHost ? "--only-host" : "--bash-on-host")
              + " would keep nothing off this machine: "
              + roleFile
              + " runs its tools here (backend: none); give the role another backend, or leave the"
              + " option out");
    }
  }

  private void refuseContradictions() {
    if (roleFile != null && host != null) {
      throw fault("both a role (" + roleFile + ") and --host are given; give one of them");
    }
    if (host == null && (directory != null || tools != null)) {
      throw fault("--cwd and --tools are for --host; a role says both itself");
    }
    if (roleFile == null && host == null && !(remove && name != null)) {
      throw fault("there is neither a role nor a --host" + (remove ? " nor a --name" : ""));
    }
    if (write && remove) {
      throw fault("both --write and --remove are given; give one of them");
    }
    if (yes && !write && !remove) {
      throw fault("--yes is for --write and --remove");
    }
    if (onlyHost && bashOnHost) {
      throw fault("both --only-host and --bash-on-host are given; give one of them");
    }
  }

  private Local local() {
    return bashOnHost ? Local.BASH_ON_HOST : onlyHost ? Local.OFF : Local.AS_BEFORE;
  }

  private List<ClientFile> files(Client known, Served served, FileLocations locations) {
    try {
      return known.files(served, locations, local());
    } catch (IllegalArgumentException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  /// What connect may have put in with any of its options.
  private List<ClientFileChange> remove(Client known, Served served, FileLocations locations)
      throws IOException {
    List<ClientFileChange> changes = new ArrayList<>();
    for (ClientFile file : known.everyFile(served, locations)) {
      changes.add(ClientFileChange.disconnecting(file, served.name()));
    }
    return changes;
  }

  /// For `--project` and for all projects there are different files.
  private String nothingToRemove(List<ClientFileChange> looked, String server) {
    return looked.stream()
        .map(each -> each.file().toString())
        .collect(
            Collectors.joining(
                ", ",
                "There is nothing to do: nothing of " + server + " is in ",
                ".\n"
                    + (project
                        ? "Without --project, connect looks into your files for all projects."
                        : "With --project, connect looks into the files of this directory's project.")));
  }

  private Served served(Client known) {
    Optional<RoleSource> source = source();
    String chosen =
        Optional.ofNullable(name)
            .orElseGet(() ->
                Optional.ofNullable(host)
                    .map(ConnectCommand::nameOf)
                    .orElseGet(() -> source.orElseThrow().role().metadata().name()));
    if (!chosen.matches("[A-Za-z0-9][A-Za-z0-9-]*")) {
      throw fault("--name is '" + chosen + "'; allowed are letters, digits and -");
    }
    return new Served(
        chosen,
        program(),
        role(),
        Optional.ofNullable(host),
        Optional.ofNullable(directory),
        tools == null ? List.of() : tools,
        source.map(each -> Place.of(each.role().sandbox().backend())).orElse(Place.HOST),
        source
            .filter(_ -> known == Client.ZED && onlyHost && !remove)
            .map(this::toolNames)
            .orElse(List.of()));
  }

  private Optional<Path> role() {
    return Optional.ofNullable(roleFile).map(file -> Program.plain(RoleFile.of(file)));
  }

  /// What the server will serve; empty if only its name matters.
  private Optional<RoleSource> source() {
    if (host != null) {
      return Optional.of(
          new RoleSource(hostRole(host), "", RoleEnvironment.ofProcess(console.environment())));
    }
    return role()
        .filter(_ -> !remove || name == null)
        .map(file -> RoleSource.of(file, console.environment()));
  }

  /// It connects nowhere.
  private List<String> toolNames(RoleSource source) {
    try (RoleRuntime runtime =
        RoleRuntime.open(
            source.role(), source.environment().values(), Optional.empty(), RunOrder.newRunId())) {
      return runtime.tools().stream().map(Tool::name).toList();
    }
  }

  /// The host without its user, in characters that each client takes.
  private static String nameOf(String host) {
    String machine = host.substring(host.lastIndexOf('@') + 1);
    return machine.replaceAll("[^A-Za-z0-9]+", "-").replaceAll("^-|-$", "");
  }

  private Role hostRole(String given) {
    try {
      return new HostRole("connect", "--host")
          .withTools(given, Optional.ofNullable(directory), tools == null ? HostRole.TOOLS : tools);
    } catch (IllegalArgumentException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException unknownClient() {
    String meant = Nearest.question(client, Client.words());
    return fault(
        "the client is '"
            + client
            + "'; allowed is "
            + String.join(", ", Client.words())
            + (meant.isEmpty() ? "" : "; " + meant));
  }

  /// A client may have another directory and another search path.
  private Path program() {
    return Program.path()
        .orElseThrow(() ->
            fault(
                "this process was not started by the initrunner script, which a client could start"));
  }

  private FileLocations locations() {
    Path home =
        console
            .variable("HOME")
            .map(Path::of)
            .orElseThrow(() -> fault("HOME is not set, and the client's files are below it"));
    return new FileLocations(
        home,
        Optional.of(here).filter(_ -> project),
        console.environment(),
        System.getProperty("os.name", ""));
  }

  private int show(List<ClientFile> all) {
    List<ClientFile> files = all.stream().filter(file -> !file.entries().isEmpty()).toList();
    for (ClientFile file : files) {
      console.err().println("# " + file.path());
      console.out().print(file.alone());
    }
    console
        .err()
        .println(
            "With --write, connect puts that into "
                + (files.size() == 1 ? "the file." : "the files."));
    return ExitCodes.OK;
  }

  private int change(List<ClientFileChange> all, String nothing) throws IOException {
    List<ClientFileChange> changes = all.stream().filter(ClientFileChange::isChange).toList();
    if (changes.isEmpty()) {
      nothing.lines().forEach(console.err()::println);
      return ExitCodes.OK;
    }
    ConnectChanges shown = new ConnectChanges(console, changes);
    shown.show();
    if (!yes && console.input() != Console.Output.TERMINAL) {
      throw fault(
          "standard input is no terminal to ask on; look at the difference, then give --yes");
    }
    return yes ? shown.write() : shown.writeIfWanted();
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), SafeText.oneLine(message));
  }
}
