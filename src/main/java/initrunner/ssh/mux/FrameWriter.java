package initrunner.ssh.mux;

import initrunner.exec.Stdin;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Frames on their way out: `uint32 length, byte 0, byte message number, payload`, one behind the
/// other, in a buffer that grows for a long command and is bounded by what its one user puts in.
/// Not safe for several threads.
public final class FrameWriter {

  private static final int FRAME_HEADER_BYTES = 6;

  private ByteBuffer buffer;

  /// Where the bytes begin that wait to be sent. They are moved only where a frame has no room.
  private int begin;

  public FrameWriter(int capacityBytes) {
    buffer = ByteBuffer.allocateDirect(capacityBytes);
  }

  /// How many bytes wait to be sent.
  int pendingBytes() {
    return buffer.position() - begin;
  }

  /// The bytes that wait.
  public ByteBuffer pending() {
    return buffer.slice(begin, pendingBytes());
  }

  /// So many of them wait no longer.
  public void sent(int count) {
    begin += count;
    if (pendingBytes() == 0) {
      buffer.clear();
      begin = 0;
    }
  }

  /// `MUX_MSG_HELLO` and `MUX_C_PROXY`, with which a control socket becomes a proxy (PROTOCOL.mux).
  public void hello(int version, int hello, int proxy) {
    reserve(20);
    buffer.putInt(8).putInt(hello).putInt(version);
    buffer.putInt(8).putInt(proxy).putInt(0);
  }

  /// `CHANNEL_OPEN` of type `session`.
  public void open(int channel, int windowBytes, int maxPacketBytes) {
    begin(ChannelMessage.CHANNEL_OPEN, 4 + 7 + 12);
    putText("session");
    buffer.putInt(channel).putInt(windowBytes).putInt(maxPacketBytes);
  }

  /// `CHANNEL_OPEN` of type `direct-tcpip` (RFC 4254 section 7.2). The address that it says it
  /// comes from is for the server's log alone.
  void openPort(int channel, int windowBytes, int maxPacketBytes, String host, int port) {
    byte[] name = host.getBytes(StandardCharsets.UTF_8);
    begin(ChannelMessage.CHANNEL_OPEN, 4 + 12 + 12 + 4 + name.length + 4 + 4 + 9 + 4);
    putText("direct-tcpip");
    buffer.putInt(channel).putInt(windowBytes).putInt(maxPacketBytes);
    buffer.putInt(name.length).put(name).putInt(port);
    putText("127.0.0.1");
    buffer.putInt(0);
  }

  /// A `CHANNEL_REQUEST` whose payload is these strings.
  public void request(int channel, String type, WantReply wantReply, String... payload) {
    byte[][] strings = new byte[payload.length][];
    int length = 0;
    for (int i = 0; i < payload.length; i++) {
      strings[i] = payload[i].getBytes(StandardCharsets.UTF_8);
      length += 4 + strings[i].length;
    }
    begin(ChannelMessage.CHANNEL_REQUEST, 4 + 4 + type.length() + 1 + length);
    buffer.putInt(channel);
    putText(type);
    buffer.put((byte) (wantReply == WantReply.YES ? 1 : 0));
    for (byte[] string : strings) {
      buffer.putInt(string.length).put(string);
    }
  }

  /// The `CHANNEL_REQUEST` for a terminal (RFC 4254 section 6.2).
  ///
  /// @param modes encoded as in section 8: a server ends the connection where they are not
  void terminal(int channel, Stdin.Terminal terminal, byte[] modes) {
    byte[] type = terminal.type().getBytes(StandardCharsets.UTF_8);
    begin(ChannelMessage.CHANNEL_REQUEST, 4 + 4 + 7 + 1 + 4 + type.length + 16 + 4 + modes.length);
    buffer.putInt(channel);
    putText("pty-req");
    buffer.put((byte) 1).putInt(type.length).put(type);
    putSize(terminal.size());
    buffer.putInt(modes.length).put(modes);
  }

  /// The `CHANNEL_REQUEST` that tells the new size of a terminal (section 6.7); it has no answer.
  void windowChange(int channel, Stdin.Terminal.Size size) {
    begin(ChannelMessage.CHANNEL_REQUEST, 4 + 4 + 13 + 1 + 16);
    buffer.putInt(channel);
    putText("window-change");
    buffer.put((byte) 0);
    putSize(size);
  }

  /// In characters; the size in pixels is not known.
  private void putSize(Stdin.Terminal.Size size) {
    buffer.putInt(size.columns()).putInt(size.rows()).putInt(0).putInt(0);
  }

  /// Whether a request asks for an answer.
  public enum WantReply {
    YES,
    NO
  }

  void data(int channel, ByteBuffer bytes) {
    begin(ChannelMessage.CHANNEL_DATA, 8 + bytes.remaining());
    buffer.putInt(channel).putInt(bytes.remaining()).put(bytes);
  }

  void windowAdjust(int channel, int bytes) {
    begin(ChannelMessage.CHANNEL_WINDOW_ADJUST, 8);
    buffer.putInt(channel).putInt(bytes);
  }

  /// `CHANNEL_EOF`, `CHANNEL_CLOSE`, `CHANNEL_FAILURE`: nothing but the channel.
  public void bare(int type, int channel) {
    begin(type, 4);
    buffer.putInt(channel);
  }

  private void begin(int type, int payloadBytes) {
    reserve(FRAME_HEADER_BYTES + payloadBytes);
    buffer.putInt(2 + payloadBytes).put((byte) 0).put((byte) type);
  }

  private void putText(String ascii) {
    byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
    buffer.putInt(bytes.length).put(bytes);
  }

  private void reserve(int bytes) {
    if (buffer.remaining() < bytes) {
      ByteBuffer pending = pending();
      int needed = pending.remaining() + bytes;
      ByteBuffer roomy =
          needed <= buffer.capacity() ? buffer.clear() : ByteBuffer.allocateDirect(needed);
      buffer = roomy.put(pending);
      begin = 0;
    }
  }
}
