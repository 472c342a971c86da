package initrunner.tool;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.transport.PortAddress;
import initrunner.launch.Launch;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/// A tool's decision about one call.
public sealed interface Plan {

  /// The plan of a call that is not refused.
  sealed interface Made extends Plan {}

  /// Runs nothing: the answer is known.
  ///
  /// @param text for the model
  record Answered(String text, ToolResult.Status status) implements Made {}

  /// Runs a command.
  ///
  /// @param maxOutputBytes of the command's output that are kept for the answer; the lines about
  ///   its end come on top
  /// @param answer turns the outcome into the text for the model
  record Run(Command command, Limits limits, int maxOutputBytes, OutcomeText answer)
      implements Made {

    /// A command whose answer is [OutcomeText#PLAIN].
    public Run(Command command, Limits limits, int maxOutputBytes) {
      this(command, limits, maxOutputBytes, OutcomeText.PLAIN);
    }

    /// With this limit of time, where it is shorter than the command's own.
    public Run within(Optional<Duration> most) {
      return new Run(command, shorter(limits, most), maxOutputBytes, answer);
    }
  }

  /// Runs a script of InitRunner's own on the host, outside of the launcher.
  record Beside(Run run) implements Made {

    /// With this limit of time, where it is shorter than the script's own.
    public Beside within(Optional<Duration> most) {
      return new Beside(run.within(most));
    }
  }

  /// Starts a command that outlives the call.
  ///
  /// @param command that is started, as the launcher starts commands
  /// @param id of the job: hexadecimal digits
  /// @param script starts what the launcher makes of it, outside of the launcher
  record Started(Command command, String id, Starter script) implements Made {

    /// Makes the script of a start.
    @FunctionalInterface
    public interface Starter {
      Run of(Launch launch);
    }
  }

  private static Limits shorter(Limits limits, Optional<Duration> most) {
    return most.filter(
            limit -> limits.timeout().filter(bound -> bound.compareTo(limit) <= 0).isEmpty())
        .map(limit -> new Limits(Optional.of(limit), limits.killGrace()))
        .orElse(limits);
  }

  /// Moves one file between this machine and the host. Its bytes are in no answer.
  sealed interface Moved extends Made {

    /// The file's name below the role's directory for such files on this machine.
    String local();

    /// The largest file.
    long maxBytes();

    /// With this limit of time, where it is shorter than the command's own.
    Moved within(Optional<Duration> most);
  }

  /// Sends a file of this machine.
  ///
  /// @param command takes the file's bytes behind the input that it has already
  record Sent(String local, long maxBytes, Receiver command) implements Moved {

    /// Makes the command that takes a file.
    @FunctionalInterface
    public interface Receiver {

      /// The command for one file.
      ///
      /// @param bytes of the file
      /// @param sha256 of its content
      Run of(long bytes, String sha256);
    }

    @Override
    public Sent within(Optional<Duration> most) {
      return new Sent(local, maxBytes, (bytes, sha256) -> command.of(bytes, sha256).within(most));
    }
  }

  /// Fetches a file of the host.
  ///
  /// @param remote its name for a person
  /// @param command prints a line with the file's size and SHA-256, and then the file
  record Fetched(String local, String remote, Existing existing, long maxBytes, Run command)
      implements Moved {

    /// What becomes of a file that is there already.
    public enum Existing {
      STAYS,
      IS_REPLACED
    }

    @Override
    public Fetched within(Optional<Duration> most) {
      return new Fetched(local, remote, existing, maxBytes, command.within(most));
    }
  }

  /// Looks at a port that the host reaches.
  sealed interface Looked extends Made {

    PortAddress at();

    /// Of the whole call.
    Limits limits();

    /// With this limit of time, where it is shorter than the call's own.
    Looked within(Optional<Duration> most);
  }

  /// Fetches a page.
  ///
  /// @param path begins with a slash; printable ASCII
  /// @param maxBytes of the page that are kept for the answer
  record PageRead(PortAddress at, String path, Limits limits, int maxBytes) implements Looked {

    @Override
    public PageRead within(Optional<Duration> most) {
      return new PageRead(at, path, shorter(limits, most), maxBytes);
    }
  }

  /// Opens the port to a person at this machine.
  record PortOpened(PortAddress at, Limits limits) implements Looked {

    @Override
    public PortOpened within(Optional<Duration> most) {
      return new PortOpened(at, shorter(limits, most));
    }
  }

  /// Ends that.
  record PortClosed(PortAddress at, Limits limits) implements Looked {

    @Override
    public PortClosed within(Optional<Duration> most) {
      return new PortClosed(at, shorter(limits, most));
    }
  }

  /// Is about a terminal that stays open between calls.
  sealed interface AtTerminal extends Made {

    /// With this limit of time, where it is shorter than the call's own.
    AtTerminal within(Optional<Duration> most);
  }

  /// What a look at a terminal's screen waits for.
  ///
  /// @param appears what is to stand there; empty for a program that is quiet
  /// @param quiet how long the program has to write nothing
  /// @param most the longest wait
  record ScreenWait(Optional<Predicate<String>> appears, Duration quiet, Duration most) {

    private ScreenWait within(Optional<Duration> limit) {
      return limit
          .filter(bound -> bound.compareTo(most) < 0)
          .map(bound -> new ScreenWait(appears, quiet, bound))
          .orElse(this);
    }
  }

  /// Opens a terminal, in which a command runs until it ends by itself or is closed.
  ///
  /// @param command that is started, as the launcher starts commands
  /// @param rules of the role
  /// @param until what the answer waits for
  record TerminalOpened(
      Command command, int columns, int rows, TerminalRules rules, ScreenWait until)
      implements AtTerminal {

    @Override
    public TerminalOpened within(Optional<Duration> most) {
      return new TerminalOpened(command, columns, rows, rules, until.within(most));
    }
  }

  /// What a role says of its terminals.
  ///
  /// @param mostOpen at once
  /// @param maxTime of one; empty for no limit
  /// @param secrets whether a person is asked for them
  /// @param maxOutputBytes of the lines that have scrolled off, in one answer
  record TerminalRules(
      int mostOpen, Optional<Duration> maxTime, Secrets secrets, int maxOutputBytes) {

    /// Who answers where a program in a terminal asks for a password.
    public enum Secrets {
      THE_MODEL,
      A_PERSON
    }
  }

  /// Types at a terminal.
  ///
  /// @param until what the answer waits for
  record TerminalTyped(String id, Typing typing, ScreenWait until) implements AtTerminal {

    /// What the keys send.
    @FunctionalInterface
    public interface Typing {

      /// The characters that arrive at the program.
      ///
      /// @param areApplicationKeys whether the program wants the arrow keys of DECCKM
      /// @param isPasteBracketed whether it wants to be told what is pasted
      String sent(boolean areApplicationKeys, boolean isPasteBracketed);
    }

    @Override
    public TerminalTyped within(Optional<Duration> most) {
      return new TerminalTyped(id, typing, until.within(most));
    }
  }

  /// Looks at a terminal's screen.
  ///
  /// @param until what the answer waits for
  record ScreenRead(String id, ScreenWait until) implements AtTerminal {

    @Override
    public ScreenRead within(Optional<Duration> most) {
      return new ScreenRead(id, until.within(most));
    }
  }

  /// Closes a terminal, and stops its command.
  record TerminalClosed(String id) implements AtTerminal {

    @Override
    public TerminalClosed within(Optional<Duration> most) {
      return this;
    }
  }

  /// Runs nothing.
  ///
  /// @param program the program asked for, for the audit log, without anything that may be a
  ///   secret; empty if there was none
  /// @param reason the text for the model, in words that it can act on
  record Refused(String program, String reason) implements Plan {}
}
