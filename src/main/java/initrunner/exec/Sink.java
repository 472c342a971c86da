package initrunner.exec;

import java.nio.ByteBuffer;

/// Takes a command's output as it arrives.
///
/// A transport calls one method at a time for one call, in the order in which the bytes arrived;
/// the two streams keep their own order, their order to each other is as good as the link's. A sink
/// that blocks slows the remote command: that is the back-pressure. The buffer is valid only during
/// the call. A sink that throws ends the call: the command is stopped, then the exception goes on
/// to the caller.
public interface Sink {

  /// Takes what nobody wants.
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
