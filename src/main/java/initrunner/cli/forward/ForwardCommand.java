package initrunner.cli.forward;

import initrunner.cli.ask.OpenedRole;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.options.AskOption;
import initrunner.cli.options.AuditLogOptions;
import initrunner.cli.options.RoleOrHost;
import initrunner.cli.options.SandboxOption;
import initrunner.exec.transport.PortAddress;
import initrunner.exec.transport.ShellStatus;
import initrunner.role.Role;
import initrunner.role.tools.PortsSettings;
import initrunner.run.HostRole;
import initrunner.run.RoleSource;
import initrunner.runtime.RoleHost;
import initrunner.runtime.ports.LocalPort;
import initrunner.runtime.ports.PortCalls;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `forward`: opens a port of a host to this machine's programs until Ctrl-C.
@Command(
    name = "forward",
    exitCodeOnExecutionException = ExitCodes.EXEC_FAILED,
    sortOptions = false,
    customSynopsis = {
      "Usage: initrunner forward ROLE PORT [LOCAL] [OPTIONS]",
      "       initrunner forward --host HOST PORT [LOCAL] [OPTIONS]"
    },
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {
      "Opens a port of a host to this machine, until Ctrl-C.",
      "Prints the address for a browser. Only programs of this machine reach it, and",
      "on Linux only those of your account. A server there may start later.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner forward role.yaml 3000",
      "      the dev server at port 3000 of the role's host",
      "  initrunner forward --host my-build-box 8080 0",
      "      no role, and any free port of this machine",
      "  initrunner forward role.yaml node7:6006",
      "      a port that the host reaches, where the role's tool ports lists node7",
      "",
      "Nothing listens on this machine when it has ended, by Ctrl-C or otherwise.",
      "",
      "Exit status: 130 Ctrl-C, 125 the port cannot be opened, 2 wrong usage or a",
      "fault in the role."
    })
public final class ForwardCommand implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..3",
      paramLabel = "ROLE PORT [LOCAL]",
      hideParamSyntax = true,
      description =
          "The role file; the host's port, or a machine and its port as node7:6006; this machine's"
              + " port, 0 for any that is free (default: the same number, else any).")
  private List<String> words = List.of();

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "A port of this host instead: an alias of ~/.ssh/config, or user@hostname.")
  private @Nullable String host;

  @Mixin private final SandboxOption sandbox = new SandboxOption();

  @Mixin private final AskOption ask = new AskOption();

  @Mixin private final AuditLogOptions auditLog = new AuditLogOptions();

  public ForwardCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    auditLog.refuseContradiction();
    int first = host == null ? 1 : 0;
    if (words.size() <= first || words.size() > first + 2) {
      throw fault(
          words.size() > first
              ? "'" + words.getLast() + "' is one word too many"
              : "the host's port is missing; write for example 3000 behind the role or --host HOST");
    }
    OptionalInt local =
        words.size() > first + 1
            ? OptionalInt.of(number(words.get(first + 1), "LOCAL", 0))
            : OptionalInt.empty();
    RoleSource whole =
        new RoleOrHost(
                spec,
                first == 1 ? Optional.of(Path.of(words.getFirst())) : Optional.empty(),
                Optional.ofNullable(host),
                Optional.empty())
            .source(console.environment(), new HostRole("forward", "--host")::of);
    RoleSource source = sandbox.in(whole);
    requireHost(words.get(first), source.role(), whole.role());
    PortAddress to = address(words.get(first), source.role());
    return new OpenedRole(console, source, ask, auditLog)
        .statusOf(
            "forward",
            runtime ->
                ShellStatus.of(
                    runtime
                        .hostWork()
                        .forward(to, local, port -> tell(port, to, runtime.place()))
                        .ended()));
  }

  private void requireHost(String port, Role role, Role whole) {
    if (RoleHost.of(role).host().isEmpty()) {
      List<String> onHosts = SandboxOption.onHosts(whole);
      throw fault(
          "the role's tools run on this machine, whose ports are here already; open http://127.0.0.1:"
              + port
              + (onHosts.isEmpty()
                  ? ""
                  : ", or add --sandbox with one that is on a host: "
                      + String.join(", ", onHosts)));
    }
  }

  private PortAddress address(String word, Role role) {
    int colon = word.lastIndexOf(':');
    int port = number(word.substring(colon + 1), "PORT", 1);
    if (colon < 0) {
      return PortAddress.loopback(port);
    }
    String machine = word.substring(0, colon);
    List<String> allowed =
        role.tools().stream()
            .filter(grant -> grant.tool() instanceof PortsSettings)
            .flatMap(grant -> ((PortsSettings) grant.tool()).allowedHosts().stream())
            .toList();
    if (!machine.equals(PortAddress.LOOPBACK) && !allowed.contains(machine)) {
      throw fault(
          "'%s' is not the host itself, and %s; write PORT alone, or list it in allowed_hosts of the role's tool ports"
              .formatted(
                  machine,
                  allowed.isEmpty()
                      ? "no other machine is allowed"
                      : "allowed is " + String.join(", ", allowed)));
    }
    return new PortAddress(machine, port);
  }

  private int number(String word, String label, int least) {
    if (!word.matches("[0-9]{1,5}")
        || Integer.parseInt(word) < least
        || Integer.parseInt(word) > PortAddress.HIGHEST) {
      throw fault(
          "%s is '%s'; allowed is a number from %d to %d"
              .formatted(label, word, least, PortAddress.HIGHEST));
    }
    return Integer.parseInt(word);
  }

  private void tell(PortCalls.Forwarded port, PortAddress to, String place) {
    LocalPort local = port.local();
    if (!port.isAnswering()) {
      say("no server listens there yet; the address works once it does");
    }
    console.out().println(local.url());
    say("that is port " + to + " of " + place + "; Ctrl-C ends it");
  }

  private void say(String message) {
    console.err().println("initrunner: " + message);
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
