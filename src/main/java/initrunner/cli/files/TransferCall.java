package initrunner.cli.files;

import initrunner.audit.AuditLocation;
import initrunner.audit.AuditStore;
import initrunner.cli.ask.LoginTerminal;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.InputLines;
import initrunner.cli.options.AskOption;
import initrunner.cli.options.AuditLogOptions;
import initrunner.exec.RemedyException;
import initrunner.exec.TransportException;
import initrunner.role.Role;
import initrunner.run.RoleSource;
import initrunner.run.RunOrder;
import initrunner.run.WorkspaceTrees;
import initrunner.runtime.FileTransfers;
import initrunner.runtime.RoleRuntime;
import initrunner.runtime.Sandbox;
import initrunner.ssh.client.AskedLogins;
import initrunner.transfer.Rules;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Moves files, and reports on a console what came of it.
record TransferCall(Console console, Rules rules, Work work, Form form) {

  /// What is done.
  enum Work {
    /// It is said what would be done.
    PLAN,
    /// It is said, and done if the person wants it.
    ASK,
    RUN
  }

  /// Who reads what came of it.
  enum Form {
    TEXT,
    JSON
  }

  private static final int SIGINT = 2;

  /// Does it, and returns the exit status. Blocks; an interrupt ends it with each file whole.
  ///
  /// @throws RemedyException if it failed
  int run(RoleSource source, List<Part> parts, AuditLogOptions auditLog, AskOption ask) {
    Optional<AskedLogins> logins =
        LoginTerminal.of(console, source.role(), ask.isGiven()).map(LoginTerminal::logins);
    return work == Work.PLAN
        ? run(source, parts, Optional.empty(), logins)
        : auditLog.statusOf(console.environment(), audit -> run(source, parts, audit, logins));
  }

  private int run(
      RoleSource source,
      List<Part> parts,
      Optional<AuditStore> audit,
      Optional<AskedLogins> logins) {
    Role role = source.role();
    Map<String, String> secrets = source.environment().values();
    long begin = System.nanoTime();
    Totals totals =
        new Totals(
            role.sandbox().ssh().orElseThrow().host(),
            role.security().sandboxName(),
            rules.direction());
    try (Sandbox sandbox = Sandbox.of(role, console.environment(), secrets, logins);
        RoleRuntime runtime = RoleRuntime.open(role, sandbox, audit, RunOrder.newRunId())) {
      // A person needs more time than a question about files has.
      logins.ifPresent(_ -> sandbox.transport().open());
      FileTransfers transfers =
          runtime.hostWork().transfers(AuditLocation.home(console.environment()));
      if (work == Work.ASK && !isWanted(transfers, keeping(role, parts), totals)) {
        console.err().println("Nothing was done.");
        return ExitCodes.FAILED;
      }
      move(transfers, keeping(role, parts), totals);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      console.err().println();
      console.err().println("Nothing was done.");
      return ExitCodes.signal(SIGINT);
    } catch (RemedyException | UncheckedIOException e) {
      Duration time = Duration.ofNanos(System.nanoTime() - begin);
      if (Thread.currentThread().isInterrupted()) {
        return cancelled(totals, time);
      }
      tellFailed(totals, e, time);
      throw e;
    }
    return ended(totals, Duration.ofNanos(System.nanoTime() - begin));
  }

  /// Asks, and blocks until there is an answer; where no person can type, it is a no.
  ///
  /// @param totals of what is done then
  private boolean isWanted(FileTransfers transfers, List<Part> parts, Totals totals)
      throws InterruptedException {
    Totals planned = new Totals(totals.host(), totals.sandbox(), rules.direction());
    new TransferCall(console, rules, Work.PLAN, form).move(transfers, parts, planned);
    if (planned.isEmpty()) {
      return true;
    }
    new TransferText(console, rules, planned).tellPlan();
    if (console.input() != Console.Output.TERMINAL) {
      console.err().println("No person can be asked here; --yes does it without a question.");
      return false;
    }
    return InputLines.isYes(console, "Do that?");
  }

  /// The same without what a role's author alone decides, unless the person names it.
  private static List<Part> keeping(Role role, List<Part> parts) {
    return parts.stream()
        .map(part -> part.without(WorkspaceTrees.keptHere(role, part.trees().here())))
        .toList();
  }

  private void move(FileTransfers transfers, List<Part> parts, Totals totals) {
    try (ProgressView progress = ProgressView.on(console, form)) {
      for (Part part : parts) {
        totals.add(
            part,
            work == Work.PLAN
                ? transfers.plan(part.trees(), rules)
                : transfers.run(part.trees(), rules, progress));
      }
    }
  }

  private int ended(Totals totals, Duration time) {
    int status = totals.isComplete() ? ExitCodes.OK : ExitCodes.FAILED;
    switch (form) {
      case TEXT -> tell(totals, time);
      case JSON ->
          json(totals)
              .tell(
                  work,
                  totals.isComplete() ? "complete" : "incomplete",
                  Optional.empty(),
                  time,
                  status);
    }
    return status;
  }

  private void tell(Totals totals, Duration time) {
    TransferText text = new TransferText(console, rules, totals);
    switch (work) {
      case PLAN -> text.tellDryRun();
      case ASK, RUN -> text.tellDone(time);
    }
  }

  private TransferJson json(Totals totals) {
    return new TransferJson(console, rules, totals);
  }

  private int cancelled(Totals totals, Duration time) {
    int status = ExitCodes.signal(SIGINT);
    if (form == Form.JSON) {
      json(totals).tell(work, "cancelled", Optional.of("interrupted"), time, status);
    } else if (!totals.isEmpty()) {
      tell(totals, time);
    }
    console
        .err()
        .println(
            "initrunner: stopped; each file is whole, as before or as after. The same command goes"
                + " on with what is missing.");
    return status;
  }

  /// What was done before it failed; the failure says the rest.
  private void tellFailed(Totals totals, RuntimeException failure, Duration time) {
    if (form == Form.JSON) {
      String reason =
          failure instanceof TransportException transport
              ? transport.kind().name().toLowerCase(Locale.ROOT)
              : String.valueOf(failure.getMessage());
      json(totals).tell(work, "failed", Optional.of(reason), time, ExitCodes.EXEC_FAILED);
    } else if (!totals.isEmpty()) {
      tell(totals, time);
    }
  }
}
