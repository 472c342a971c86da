package initrunner.ssh;

import initrunner.ssh.mux.ChannelMessage;
import initrunner.ssh.mux.FrameWriter;
import initrunner.ssh.mux.MasterControl;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// A client of a master in proxy mode that says what a test has it say, and may go whenever it is
/// told to go. It has one channel, number 0.
final class ProxyClient implements AutoCloseable {

  private static final int MUX_C_PROXY = 0x1000000f;

  private final SocketChannel socket;
  private final FrameWriter out = new FrameWriter(1024);

  /// @param controlPath of the master
  ProxyClient(Path controlPath) throws IOException {
    socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    socket.connect(UnixDomainSocketAddress.of(controlPath));
    out.hello(MasterControl.MUX_VERSION, MasterControl.MUX_MSG_HELLO, MUX_C_PROXY);
    send();
    frame();
    frame();
  }

  /// Frames put here go out with the next [#send].
  FrameWriter out() {
    return out;
  }

  void send() throws IOException {
    ByteBuffer bytes = out.pending();
    while (bytes.hasRemaining()) {
      out.sent(socket.write(bytes));
    }
  }

  /// Asks for the channel.
  void sendOpen() throws IOException {
    out.open(0, 1 << 20, 1 << 15);
    send();
  }

  /// Asks for the channel and waits until it is there.
  ///
  /// @return the server's number of it
  int open() throws IOException {
    sendOpen();
    return await(ChannelMessage.CHANNEL_OPEN_CONFIRMATION).getInt();
  }

  /// Reads until a message of this number comes, and returns what stands behind its recipient.
  ByteBuffer await(int message) throws IOException {
    while (true) {
      ByteBuffer frame = frame();
      frame.get();
      int number = frame.get();
      if (number == message) {
        frame.getInt();
        return frame;
      }
      if (number == ChannelMessage.CHANNEL_OPEN_FAILURE) {
        throw new IOException("the server refused the channel");
      }
    }
  }

  private ByteBuffer frame() throws IOException {
    return bytes(bytes(Integer.BYTES).getInt());
  }

  private ByteBuffer bytes(int count) throws IOException {
    ByteBuffer read = ByteBuffer.allocate(count);
    while (read.hasRemaining()) {
      if (socket.read(read) < 0) {
        throw new IOException("the master has closed its control socket");
      }
    }
    return read.flip();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
