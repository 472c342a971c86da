package initrunner.ssh;

import initrunner.ssh.mux.ChannelMessage;
import initrunner.ssh.mux.ExecChannel;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/// Listens where a master would and says what a test wants: the answers that no OpenSSH gives.
/// Sockets that were connected to the true master stay with it.
public final class ScriptedMaster implements AutoCloseable {

  private static final String AGREED = "00000008 00000001 00000004 00000008 8000000f 00000000";
  private static final int GREETING_BYTES = 24;

  /// The number that our side has for each channel.
  private static final int THEIRS = 7;

  /// Serves one socket, which is closed where it says so or when the other side has closed it.
  public interface Script {
    void serve(Peer peer) throws IOException;

    /// Whether a question on the control socket is answered at all.
    ///
    /// @param request its type, as OpenSSH's `PROTOCOL.mux` numbers them
    default boolean answers(int request) {
      return true;
    }
  }

  private final ServerSocketChannel listener;
  private final Script script;

  private ScriptedMaster(Path controlSocket, Script script) throws IOException {
    this.script = script;
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(controlSocket));
    Thread.ofPlatform().daemon().start(this::accept);
  }

  public static ScriptedMaster at(Path controlSocket, Script script) throws IOException {
    Files.deleteIfExists(controlSocket);
    return new ScriptedMaster(controlSocket, script);
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        Peer peer = new Peer(listener.accept());
        Thread.ofPlatform().daemon().start(() -> serve(peer));
      } catch (IOException closed) {
        // That was the last.
      }
    }
  }

  private void serve(Peer peer) {
    try (peer) {
      if (script.answers(peer.request())) {
        peer.agree();
        script.serve(peer);
      }
      peer.listenToTheEnd();
    } catch (IOException goneOrCut) {
      // Either side is done with it.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  /// A message, with the bytes behind the number of the channel.
  public record Message(int type, ByteBuffer rest) {

    String text() {
      ByteBuffer bytes = rest.slice(rest.position() + Integer.BYTES, rest.getInt(rest.position()));
      return StandardCharsets.UTF_8.decode(bytes).toString();
    }
  }

  /// One socket, with one channel after the other on it.
  public static final class Peer implements Closeable {

    private final SocketChannel socket;
    private int ours;

    private Peer(SocketChannel socket) {
      this.socket = socket;
    }

    /// What is asked behind the greeting.
    private int request() throws IOException {
      return read(GREETING_BYTES).getInt(GREETING_BYTES - 2 * Integer.BYTES);
    }

    private void agree() throws IOException {
      write(HexFormat.of().parseHex(AGREED.replace(" ", "")));
    }

    /// Waits for the next channel, and opens it.
    public void open(int windowBytes, int maxPacketBytes) throws IOException {
      awaitOpen();
      say(ChannelMessage.CHANNEL_OPEN_CONFIRMATION, THEIRS, windowBytes, maxPacketBytes);
    }

    private void awaitOpen() throws IOException {
      Message open = await(ChannelMessage.CHANNEL_OPEN);
      int kindBytes = Integer.BYTES + open.text().length();
      ours = open.rest().getInt(open.rest().position() + kindBytes);
    }

    /// Waits for the next channel, and opens and closes it in one write.
    public void openClosed() throws IOException {
      awaitOpen();
      ByteBuffer opened = ByteBuffer.allocate(3 * Integer.BYTES);
      opened.putInt(THEIRS).putInt(ExecChannel.WINDOW_BYTES).putInt(ExecChannel.MAX_PACKET_BYTES);
      byte[] first = frame(ChannelMessage.CHANNEL_OPEN_CONFIRMATION, opened.array());
      byte[] second = frame(ChannelMessage.CHANNEL_CLOSE, new byte[0]);
      write(ByteBuffer.allocate(first.length + second.length).put(first).put(second).array());
    }

    /// Waits for the next channel and the command on it.
    public String command() throws IOException {
      open(ExecChannel.WINDOW_BYTES, ExecChannel.MAX_PACKET_BYTES);
      Message exec = await(ChannelMessage.CHANNEL_REQUEST);
      while (!exec.text().equals("exec")) {
        exec = await(ChannelMessage.CHANNEL_REQUEST);
      }
      exec.rest().position(exec.rest().position() + Integer.BYTES + "exec".length() + 1);
      say(ChannelMessage.CHANNEL_SUCCESS);
      return exec.text();
    }

    public Message await(int type) throws IOException {
      Message message = next();
      while (message.type() != type) {
        message = next();
      }
      return message;
    }

    public Message next() throws IOException {
      ByteBuffer content = read(read(Integer.BYTES).getInt());
      int type = content.get(1) & 0xFF;
      // An open names its kind where the others have the channel.
      content.position(type == ChannelMessage.CHANNEL_OPEN ? 2 : 2 + Integer.BYTES);
      return new Message(type, content);
    }

    private ByteBuffer read(int length) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining()) {
        if (socket.read(bytes) < 0) {
          throw new EOFException();
        }
      }
      return bytes.flip();
    }

    public void say(int type, int... numbers) throws IOException {
      ByteBuffer rest = ByteBuffer.allocate(Integer.BYTES * numbers.length);
      for (int number : numbers) {
        rest.putInt(number);
      }
      say(type, rest.array());
    }

    private void say(int type, byte[] rest) throws IOException {
      write(frame(type, rest));
    }

    private byte[] frame(int type, byte[] rest) {
      ByteBuffer frame = ByteBuffer.allocate(10 + rest.length);
      frame.putInt(6 + rest.length).put((byte) 0).put((byte) type).putInt(ours).put(rest);
      return frame.array();
    }

    private synchronized void write(byte[] bytes) throws IOException {
      socket.write(ByteBuffer.wrap(bytes));
    }

    private void listenToTheEnd() throws IOException {
      while (socket.isOpen()) {
        Message ignored = next();
      }
    }

    public void data(String text) throws IOException {
      say(ChannelMessage.CHANNEL_DATA, string(text));
    }

    public void extendedData(int code, String text) throws IOException {
      byte[] string = string(text);
      ByteBuffer rest = ByteBuffer.allocate(Integer.BYTES + string.length);
      say(ChannelMessage.CHANNEL_EXTENDED_DATA, rest.putInt(code).put(string).array());
    }

    public void request(String type, WantReply wantReply) throws IOException {
      byte[] string = string(type);
      ByteBuffer rest = ByteBuffer.allocate(string.length + 1);
      rest.put(string).put((byte) (wantReply == WantReply.YES ? 1 : 0));
      say(ChannelMessage.CHANNEL_REQUEST, rest.array());
    }

    public enum WantReply {
      YES,
      NO
    }

    public void exited(int status) throws IOException {
      byte[] string = string("exit-status");
      ByteBuffer rest = ByteBuffer.allocate(string.length + 1 + Integer.BYTES);
      say(ChannelMessage.CHANNEL_REQUEST, rest.put(string).put((byte) 0).putInt(status).array());
    }

    /// The end of a command and of its output.
    public void ended(int status) throws IOException {
      exited(status);
      say(ChannelMessage.CHANNEL_EOF);
      say(ChannelMessage.CHANNEL_CLOSE);
    }

    private static byte[] string(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.allocate(Integer.BYTES + bytes.length)
          .putInt(bytes.length)
          .put(bytes)
          .array();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
