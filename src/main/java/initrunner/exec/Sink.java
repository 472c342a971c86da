package initrunner.exec;

import java.nio.ByteBuffer;

/// Takes a command's output as it arrives.
///
/// A transport calls one method at a time for one call, in the order in which the bytes arrive.
/// Each stream keeps its own order; the order between the two streams is only as good as the
/// link's. A sink that blocks slows the remote command: that is the back-pressure. The buffer is
/// valid only during the call. If a sink throws, the transport stops the command and throws the
/// exception on to the caller.
public interface Sink {

  /// Discards all output.
  Sink DISCARD =
      new Sink() {
        @Override
        public void stdout(ByteBuffer bytes) {}

        @Override
        public void stderr(ByteBuffer bytes) {}
      };

  /// Bytes of standard output, from the buffer's position to its limit.
  void stdout(ByteBuffer bytes);

  /// Bytes of standard error, from the buffer's position to its limit.
  void stderr(ByteBuffer bytes);
}
