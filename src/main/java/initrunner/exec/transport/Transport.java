package initrunner.exec.transport;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.TransportException;

/// Runs commands on one host.
///
/// A transport
/// - MUST run the argument vector exactly: no shell of its own interprets it;
/// - MUST be safe for any number of calling threads; one call's timeout, interrupt or failure never
///   touches another call;
/// - MUST block until the command is over, and MUST answer an interrupt by stopping the command and
///   returning [initrunner.exec.Ended.Cancelled], with the thread's interrupt flag set again;
/// - MUST apply [Limits#timeout] to the whole call and stop the command when it passes;
/// - MUST return a command's own end as a value, for every status;
/// - MUST throw only when nothing was started, so that a retry is safe;
/// - MUST NOT hand this process's standard input to the command;
/// - MUST NOT hold more of the output than a bounded window, even if the sink blocks.
public interface Transport extends AutoCloseable {

  /// Starts the work of [#open] and returns as soon as only the host's answer is missing. A failure
  /// is thrown by the next [#open] or [#run]. An interrupt makes this return, with the flag set
  /// again. Calling it is optional.
  default void begin() {}

  /// Connects, where there is a connection to make, and proves that commands can run. Blocks;
  /// another call does nothing while the first success holds.
  ///
  /// @throws TransportException if commands cannot run on the host, with the reason and the next
  ///   step
  void open();

  /// Whether there is a connection, where one is made. Does not block for the host.
  default boolean isConnected() {
    return true;
  }

  /// Begins a call: a command, and what cleans up after it. To be closed by the same thread.
  CallScope call();

  /// Runs one command of a call to its end.
  ///
  /// @param call of this transport, or of one that shares its calls
  /// @param sink takes the output, on the calling thread
  /// @throws TransportException if nothing was started
  Outcome run(CallScope call, Command command, Limits limits, Sink sink);

  /// Runs one command to its end, as a call of its own.
  ///
  /// @param sink takes the output, on the calling thread
  /// @throws TransportException if nothing was started
  default Outcome run(Command command, Limits limits, Sink sink) {
    try (CallScope call = call()) {
      return call.run(command, limits, sink);
    }
  }

  /// The sandbox's `backend` in a role: `ssh` or `none`.
  String name();

  /// Stops the commands still running and ends what [#open] started. Never throws.
  @Override
  void close();
}
