package initrunner.exec.transport;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import java.util.function.Supplier;

/// Where commands run.
///
/// A transport
/// - MUST run the argument vector exactly: no shell of its own interprets it;
/// - MUST be safe for any number of calling threads; one call's timeout, interrupt or failure never
///   touches another call;
/// - MUST block until the command is over, and MUST answer an interrupt by stopping the command and
///   returning [initrunner.exec.Ended.Cancelled], with the thread's interrupt flag set again;
/// - MUST apply [Limits#timeout] to the whole call and stop the command when it is up;
/// - MUST return a command's own end as a value, whatever the status;
/// - MUST throw only when nothing was started, so that a retry is safe;
/// - MUST NOT hand this process's standard input to the command;
/// - MUST NOT hold more of the output than a bounded window, whatever the sink does.
public interface Transport extends AutoCloseable {

  /// Begins to get ready, as [#open] does, and returns when nothing is left of that but to wait for
  /// somebody else. What goes wrong is told by the next [#open] or [#run]; an interrupt makes this
  /// return, with the flag set again. Need not be called.
  default void begin() {}

  /// Gets ready: connects where there is something to connect to, and proves that commands can run.
  /// Blocks; called again, it does nothing while the first success holds.
  ///
  /// @throws TransportException if commands cannot run there, with the reason and the next step
  void open();

  /// Runs one command to its end.
  ///
  /// @param sink takes the output, on the calling thread
  /// @throws TransportException if nothing was started
  Outcome run(Command command, Limits limits, Sink sink);

  /// Makes calls of this thread that belong together: [#close] waits for the last of them.
  default <T> T together(Supplier<T> calls) {
    return calls.get();
  }

  /// Makes calls, inside of [#together], that clear up after one that was stopped: they are made
  /// even while [#close] waits, which does not stop them.
  default <T> T clearingUp(Supplier<T> calls) {
    return calls.get();
  }

  /// The kind of place, as a role's `backend` names it: `ssh` or `none`.
  String name();

  /// Stops the commands still running and ends what [#open] started. Never throws.
  @Override
  void close();
}
