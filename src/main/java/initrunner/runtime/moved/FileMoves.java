package initrunner.runtime.moved;

import initrunner.exec.Captured;
import initrunner.exec.Ended;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.role.Role;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.TransferSettings;
import initrunner.runtime.confine.OwnFiles;
import initrunner.text.FileFailure;
import initrunner.tool.Plan;
import initrunner.tool.ToolResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.channels.ClosedByInterruptException;
import java.util.Map;
import java.util.Optional;

/// Moves single files between this machine and the host, for the tool `transfer`. Their bytes are
/// in streams only. Immutable and safe for many threads.
public final class FileMoves {

  private final LocalFiles files;

  private FileMoves(LocalFiles files) {
    this.files = files;
  }

  /// The moves of a role; empty if it lets none be made.
  ///
  /// @param environment of this process, which may name files that stay out of reach
  public static Optional<FileMoves> of(Role role, Map<String, String> environment) {
    return role.tools().stream()
        .map(ToolGrant::tool)
        .filter(TransferSettings.class::isInstance)
        .flatMap(tool -> ((TransferSettings) tool).localRoot().stream())
        .map(root -> new FileMoves(new LocalFiles(root, OwnFiles.of(role, environment))))
        .findFirst();
  }

  /// Runs a command, as a call that is recorded.
  @FunctionalInterface
  public interface Runner {
    Outcome run(Plan.Run run, Sink sink);
  }

  /// What came of a call.
  public sealed interface End {

    /// No command was started.
    ///
    /// @param by why, in one word
    /// @param reason for the model
    record NotStarted(String by, String reason, ToolResult.Status status) implements End {}

    /// A command was started.
    ///
    /// @param ended empty if what arrived from it ended the call
    record Ran(String text, ToolResult.Status status, Optional<Ended> ended) implements End {}
  }

  /// Moves one file. Blocks until it is over; an interrupt stops it, with the old file whole on
  /// both sides, and the interrupt flag set again.
  ///
  /// @param host its name for a person
  public End make(Plan.Moved plan, String host, Runner runner) {
    try {
      return switch (plan) {
        case Plan.Sent sent -> send(sent, host, runner);
        case Plan.Fetched fetched -> fetch(fetched, host, runner);
      };
    } catch (ClosedByInterruptException e) {
      return new End.NotStarted(
          "cancelled",
          "Error: Execution was cancelled. Nothing was sent.",
          ToolResult.Status.CANCELLED);
    } catch (IOException e) {
      return refused("the file on this machine cannot be used (" + FileFailure.reason(e) + ")");
    } catch (LocalRefusalException e) {
      return refused(e.reason());
    }
  }

  private static End refused(String reason) {
    return new End.NotStarted("policy", "Error: " + reason + ".", ToolResult.Status.REFUSED);
  }

  private End send(Plan.Sent plan, String host, Runner runner) throws IOException {
    try (Outgoing file = Outgoing.open(files, plan.local(), plan.maxBytes())) {
      Plan.Run run = plan.command().of(file.size(), file.sha256());
      InputStream content = file.content();
      Stdin input =
          new Stdin.Stream(new SequenceInputStream(run.command().stdin().open(), content));
      Captured output = new Captured(run.maxOutputBytes());
      Plan.Run whole =
          new Plan.Run(
              run.command().withStdin(input), run.limits(), run.maxOutputBytes(), run.answer());
      Outcome outcome = runner.run(whole, output);
      return ran(run, outcome, output, host);
    }
  }

  private End fetch(Plan.Fetched plan, String host, Runner runner) throws IOException {
    try (Incoming file = new Incoming(files, plan)) {
      return fetched(plan, file, host, runner);
    }
  }

  private static End fetched(Plan.Fetched plan, Incoming file, String host, Runner runner) {
    Plan.Run run = plan.command();
    Optional<Ended> ended = Optional.empty();
    try {
      Outcome outcome = runner.run(run, file);
      ended = Optional.of(outcome.ended());
      if (outcome.ended().equals(new Ended.Exited(0))) {
        return new End.Ran(file.place(host), ToolResult.Status.SUCCEEDED, ended);
      }
      return ran(run, outcome, file.complaints(), host);
    } catch (LocalRefusalException e) {
      return failed(e.reason(), ended);
    } catch (IOException e) {
      return failed("the file cannot be written here (" + FileFailure.reason(e) + ")", ended);
    }
  }

  private static End failed(String reason, Optional<Ended> ended) {
    return new End.Ran(
        "Error: " + reason + ". Nothing was changed on this machine.",
        ToolResult.Status.FAILED,
        ended);
  }

  private static End ran(Plan.Run run, Outcome outcome, Captured output, String host) {
    return new End.Ran(
        run.answer().of(run, outcome, output, host),
        run.answer().status(outcome, output),
        Optional.of(outcome.ended()));
  }
}
