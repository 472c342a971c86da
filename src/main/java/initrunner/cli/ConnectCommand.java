package initrunner.cli;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.InputLines;
import initrunner.door.connect.Client;
import initrunner.door.connect.ClientFile;
import initrunner.door.connect.ClientFileChange;
import initrunner.door.connect.ClientFileException;
import initrunner.door.connect.FileLocations;
import initrunner.door.connect.Local;
import initrunner.door.connect.Served;
import initrunner.role.file.RoleFile;
import initrunner.run.HostRole;
import initrunner.run.RoleSource;
import initrunner.text.LineDiff;
import initrunner.text.Redaction;
import initrunner.text.SafeText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
      "cannot be written; 2 wrong usage, or a file that cannot be read as its format."
    })
final class ConnectCommand implements Callable<Integer> {

  private final Console console;
  private final Path here;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "CLIENT", description = "The program that gets the tools.")
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
  public Integer call() throws IOException, InterruptedException {
    Client known =
        Client.of(client)
            .orElseThrow(() ->
                fault(
                    "the client is '"
                        + client
                        + "'; allowed is "
                        + String.join(", ", Client.words())));
    refuseContradictions();
    Served served = served();
    FileLocations locations = locations();
    try {
      if (remove) {
        return change(remove(known, served, locations));
      }
      Local local = local();
      List<ClientFile> files = files(known, served, locations, local);
      if (!write) {
        show(files);
        known.notes(served, locations, local).forEach(console.err()::println);
        return ExitCodes.OK;
      }
      List<ClientFileChange> changes = new ArrayList<>();
      for (ClientFile file : files) {
        changes.add(ClientFileChange.connecting(file, served.name()));
      }
      int status = change(changes);
      if (status == ExitCodes.OK) {
        known.notes(served, locations, local).forEach(console.err()::println);
      }
      return status;
    } catch (ClientFileException e) {
      console.complain(String.valueOf(e.getMessage()), e.remedy());
      return ExitCodes.USAGE;
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

  private List<ClientFile> files(
      Client known, Served served, FileLocations locations, Local local) {
    try {
      return known.files(served, locations, local);
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

  private Served served() {
    if (host != null) {
      checkHost(host);
    }
    Optional<Path> role =
        Optional.ofNullable(roleFile).map(file -> Program.plain(RoleFile.of(file)));
    String chosen =
        Optional.ofNullable(name)
            .orElseGet(() ->
                role.map(
                        file -> RoleSource.of(file, console.environment()).role().metadata().name())
                    .orElseGet(() -> nameOf(String.valueOf(host))));
    if (!chosen.matches("[A-Za-z0-9][A-Za-z0-9-]*")) {
      throw fault("--name is '" + chosen + "'; allowed are letters, digits and -");
    }
    return new Served(
        chosen,
        program(),
        role,
        Optional.ofNullable(host),
        Optional.ofNullable(directory),
        tools == null ? List.of() : tools);
  }

  /// The host without its user, in characters that each client takes.
  private static String nameOf(String host) {
    String machine = host.substring(host.lastIndexOf('@') + 1);
    return machine.replaceAll("[^A-Za-z0-9]+", "-").replaceAll("^-|-$", "");
  }

  private void checkHost(String given) {
    try {
      HostRole.withTools("--host", given, Optional.ofNullable(directory), checkedTools());
    } catch (IllegalArgumentException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  private List<String> checkedTools() {
    List<String> asked = tools == null ? List.of() : tools;
    asked.stream()
        .filter(tool -> !HostRole.TOOLS.contains(tool))
        .findFirst()
        .ifPresent(tool -> {
          throw fault("--tools is '" + tool + "'; allowed is " + String.join(", ", HostRole.TOOLS));
        });
    return asked;
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

  private void show(List<ClientFile> files) {
    for (ClientFile file : files) {
      console.err().println("# " + file.path());
      console.out().print(file.alone());
    }
    console
        .err()
        .println(
            "With --write, connect puts that into "
                + (files.size() == 1 ? "the file." : "the files."));
  }

  private int change(List<ClientFileChange> all) throws IOException, InterruptedException {
    List<ClientFileChange> changes = all.stream().filter(ClientFileChange::isChange).toList();
    if (changes.isEmpty()) {
      console.err().println("There is nothing to do.");
      return ExitCodes.OK;
    }
    changes.forEach(this::showDifference);
    if (!yes && !isWanted()) {
      console.err().println("Nothing was written.");
      return ExitCodes.FAILED;
    }
    for (ClientFileChange change : changes) {
      change.write();
      console.err().println(said(change));
    }
    return ExitCodes.OK;
  }

  private static String said(ClientFileChange change) {
    if (change.after().isEmpty()) {
      return "Removed " + change.file() + ", which had nothing else in it.";
    }
    return "Wrote "
        + change.file()
        + change.kept().map(backup -> "; as it was before: " + backup.path()).orElse("")
        + change.dropped().map(_ -> ", as it was before connect").orElse("")
        + ".";
  }

  /// The lines around may hold another server's token.
  private void showDifference(ClientFileChange change) {
    console.out().println("--- " + (change.before().isPresent() ? change.file() : "/dev/null"));
    console.out().println("+++ " + (change.after().isPresent() ? change.file() : "/dev/null"));
    LineDiff.of(change.before().orElse(""), change.after().orElse(""))
        .forEach(line -> console.out().println(Redaction.redact(line)));
  }

  private boolean isWanted() throws InterruptedException {
    if (console.input() != Console.Output.TERMINAL) {
      throw fault(
          "standard input is no terminal to ask on; look at the difference, then give --yes");
    }
    console.err().print("Write that? (y/n) ");
    console.discardTyped();
    return new InputLines(console.stdin()).next().strip().equalsIgnoreCase("y");
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), SafeText.oneLine(message));
  }
}
