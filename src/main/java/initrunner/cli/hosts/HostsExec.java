package initrunner.cli.hosts;

import initrunner.audit.AuditLocation;
import initrunner.audit.AuditStore;
import initrunner.audit.ChainKey;
import initrunner.audit.Retention;
import initrunner.cli.ask.LoginTerminal;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Stdin;
import initrunner.role.Role;
import initrunner.run.RunOrder;
import initrunner.runtime.RoleSandbox;
import initrunner.runtime.Sandbox;
import initrunner.runtime.hosts.HostCall;
import initrunner.runtime.hosts.HostRound;
import initrunner.ssh.client.SshConfiguration;
import initrunner.tool.hosts.CondensedText;
import initrunner.tool.hosts.HostAnswer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `exec --hosts`: runs one command on many hosts, and shows what they answered.
///
/// @param recording which audit log; empty for none
/// @param asks whether logins may ask the person at the terminal
public record HostsExec(
    Console console,
    HostsOptions options,
    RolesOnHosts roles,
    Optional<Recording> recording,
    boolean asks) {

  private static final String UNWRITTEN = "as the output could not be written";
  private static final String FIRST_FAILURE = "after the first failure (--fail-fast)";

  /// The audit log of the calls.
  ///
  /// @param database that an option names
  public record Recording(Optional<Path> database) {}

  /// Runs the command on all of the hosts. Blocks; an interrupt stops it everywhere.
  ///
  /// @return the exit status: 0 it succeeded everywhere, 1 on some, 2 on none
  /// @throws picocli.CommandLine.ParameterException if there are no such hosts
  public int run(Command command, Limits limits, boolean asJson) throws InterruptedException {
    HostsWish wish = options.wish(asJson);
    List<String> names =
        roles.sandboxes().isEmpty()
            ? new HostChoice(console, options, wish, roles.configFile()).hosts()
            : roles.sandboxes();
    ReachedHosts hosts = ReachedHosts.of(names, roles);
    tellOf(hosts);
    roles
        .settingsOf()
        .ifPresent(name -> say("the settings of sandbox " + name + " hold on each host"));
    HostsReport report =
        new HostsReport(console, wish.form().of(hosts.hosts().size()), hosts, roles);
    if (recording.isEmpty()) {
      return round(hosts, wish, work(command, limits, Optional.empty()), report);
    }
    AuditLocation place = AuditLocation.of(console.environment(), recording.get().database());
    ChainKey key = ChainKey.of(console.environment(), place);
    Retention retention = Retention.of(console.environment());
    try (AuditStore audit = AuditStore.open(place.database(), key, retention)) {
      return round(hosts, wish, work(command, limits, Optional.of(audit)), report);
    }
  }

  private String interruption() {
    return console.outputFailure().isPresent() ? UNWRITTEN : "as it was interrupted";
  }

  /// A command that is run twice on one host may do damage.
  private void tellOf(ReachedHosts hosts) {
    hosts
        .otherNames()
        .forEach((first, names) ->
            say(
                (names.size() == 1
                        ? "'" + names.getFirst() + "' is"
                        : CondensedText.listed(names) + " are")
                    + " the same host and account as '"
                    + first
                    + "' (ssh -G); the command runs there once, as "
                    + first));
    hosts
        .together()
        .forEach(names ->
            say(
                "the sandboxes "
                    + String.join(", ", names)
                    + " are the same host and account (ssh -G); the command runs there in each"));
  }

  private void say(String message) {
    console.err().println("initrunner: " + message);
  }

  private ExecOnHost.Work work(Command command, Limits limits, Optional<AuditStore> audit) {
    return new ExecOnHost.Work(command, limits, this::sandbox, audit, RunOrder.newRunId());
  }

  private Sandbox sandbox(Role role, Optional<SshConfiguration> known) {
    return RoleSandbox.forOneCommand(
        role,
        console.environment(),
        roles.secrets(),
        LoginTerminal.of(console, role, asks).map(LoginTerminal::logins),
        known);
  }

  private int round(ReachedHosts hosts, HostsWish wish, ExecOnHost.Work work, HostsReport report) {
    List<HostCall> calls = new ArrayList<>();
    hosts
        .names()
        .forEach(host ->
            calls.add(new ExecOnHost(host, hosts.configuration(host), roles.on(host), work)));
    try (HostRound round = new HostRound(calls, wish.parallel(), report::live, this::interruption);
        var _ = report.watching(round)) {
      for (Optional<HostAnswer> next = round.next(); next.isPresent(); next = round.next()) {
        report.add(next.get());
        if (wish.failsFast() && !next.get().isSuccess()) {
          round.stop(FIRST_FAILURE);
        }
        if (console.outputFailure().isPresent()) {
          round.stop(UNWRITTEN);
        }
      }
    }
    int succeeded = report.finish();
    if (work.command().stdin() instanceof Stdin.Nothing && console.hasUnreadPipe()) {
      say("the input from the pipe was not read; --stdin - passes it to the command on each host");
    }
    return succeeded == calls.size()
        ? ExitCodes.OK
        : succeeded == 0 ? ExitCodes.NONE_SUCCEEDED : ExitCodes.FAILED;
  }
}
