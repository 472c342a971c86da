package initrunner.runtime.hosts;

import initrunner.exec.Outcome;
import initrunner.exec.RemedyException;
import initrunner.exec.Sink;
import java.util.Optional;

/// A command for one host, to be run once. [#run] and [#close] are called by one thread, the others
/// by any.
public interface HostCall extends AutoCloseable {

  /// The host's name for a person.
  String host();

  /// The jump host that is logged in to first on the way to the host; empty where there is none.
  Optional<String> jumpHost();

  /// Runs the command to its end. Blocks; answers an interrupt by stopping it, with the interrupt
  /// flag set again.
  ///
  /// @param sink takes the output, on the calling thread
  /// @throws RemedyException if nothing was started
  Outcome run(Sink sink);

  /// Whether the host was logged in to.
  boolean isConnected();

  /// Ends the connection. Never throws.
  @Override
  void close();
}
