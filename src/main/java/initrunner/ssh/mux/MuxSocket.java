package initrunner.ssh.mux;

import initrunner.ssh.client.NoSocketException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// One connection to a master's control socket in proxy mode (`MUX_C_PROXY`, OpenSSH `mux.c`): from
/// then on it carries frames of the connection protocol, unencrypted, both ways.
///
/// One thread uses it at a time; [#wakeup] may be called by any. Nothing in it blocks but [#await].
/// OpenSSH's master ends where a socket is closed on which an open is unanswered or was refused. So
/// [initrunner.ssh.master.PooledMaster] alone closes it.
public final class MuxSocket {

  private static final int MUX_C_PROXY = 0x1000000f;
  private static final int MUX_S_PROXY = 0x8000000f;
  private static final int MUX_S_PERMISSION_DENIED = 0x80000002;
  private static final int MUX_S_FAILURE = 0x80000003;

  /// What a master in proxy mode may send at most: our largest packet and its headers.
  private static final int MAX_FRAME_BYTES = ExecChannel.MAX_PACKET_BYTES + 1024;

  private static final int RECEIVE_BYTES = 128 * 1024;
  private static final int SEND_BYTES = 256 * 1024;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final ByteBuffer received = ByteBuffer.allocateDirect(RECEIVE_BYTES).flip();
  private final FrameWriter out = new FrameWriter(SEND_BYTES);
  private Handshake handshake = Handshake.HELLO;
  private int nextChannel;

  private enum Handshake {
    HELLO,
    PROXY,
    DONE
  }

  private MuxSocket(SocketChannel channel, Selector selector, SelectionKey key) {
    this.channel = channel;
    this.selector = selector;
    this.key = key;
  }

  /// Connects and asks for proxy mode; the answer is read with the first message.
  ///
  /// @throws IOException as of [MasterControl#connect]
  public static MuxSocket connect(Path controlPath, Patience patience) throws IOException {
    SocketChannel channel = MasterControl.connect(controlPath, patience);
    try {
      Selector selector = selector();
      MuxSocket socket =
          new MuxSocket(channel, selector, channel.register(selector, SelectionKey.OP_READ));
      socket.out.hello(MasterControl.MUX_VERSION, MasterControl.MUX_MSG_HELLO, MUX_C_PROXY);
      return socket;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static Selector selector() throws NoSocketException {
    try {
      return Selector.open();
    } catch (IOException e) {
      throw new NoSocketException(e);
    }
  }

  /// Waits until the master has agreed to proxy mode.
  ///
  /// @throws IOException if it does not within this patience
  public void awaitProxy(Patience patience) throws IOException {
    while (true) {
      flush();
      Optional<ChannelMessage> message = next();
      if (message.isPresent()) {
        throw new ProtocolException("a message about a channel that was not asked for");
      }
      if (handshake == Handshake.DONE) {
        return;
      }
      if (patience.isOver()) {
        throw new InterruptedIOException("no answer on the control socket");
      }
      await(patience.nanos());
    }
  }

  /// Frames put here go out with the next [#flush].
  FrameWriter out() {
    return out;
  }

  /// A channel number that was never used on this socket.
  int newChannel() {
    return nextChannel++;
  }

  /// Sends what the socket takes now.
  ///
  /// @throws IOException if the master is gone
  void flush() throws IOException {
    if (out.pendingBytes() == 0) {
      return;
    }
    out.sent(channel.write(out.pending()));
    key.interestOps(
        out.pendingBytes() > 0
            ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
            : SelectionKey.OP_READ);
  }

  /// Sends all that waits, as long as the master takes some of it, and no longer than this. What
  /// comes meanwhile is of channels that are at their end. An interrupt does not end it; the flag
  /// is set again.
  ///
  /// @throws IOException if the master is gone, or does not speak as a master does
  public void flushAll(Duration bound) throws IOException {
    long deadline = System.nanoTime() + bound.toNanos();
    boolean interrupted = false;
    try {
      flush();
      while (out.pendingBytes() > 0 && System.nanoTime() < deadline) {
        interrupted |= Thread.interrupted();
        if (next().isEmpty()) {
          await(deadline - System.nanoTime());
        }
        flush();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// The next message, if one has come whole. Does not block.
  ///
  /// @throws IOException if the master is gone, or does not speak as a master does
  public Optional<ChannelMessage> next() throws IOException {
    Optional<ChannelMessage> message = nextReceived();
    if (message.isEmpty()) {
      var _ = receive();
      message = nextReceived();
    }
    return message;
  }

  /// The next message of what was received before.
  ///
  /// @throws IOException if the master does not speak as a master does
  Optional<ChannelMessage> nextReceived() throws IOException {
    Optional<ByteBuffer> frame = frame();
    while (frame.isPresent() && handshake != Handshake.DONE) {
      handshake(frame.get());
      frame = frame();
    }
    return frame.isPresent() ? Optional.of(ChannelMessage.decode(frame.get())) : Optional.empty();
  }

  /// Takes the messages of one channel.
  interface Receiver {
    void take(ChannelMessage message) throws IOException;
  }

  /// Gives a channel what was received for it before; if that is nothing, what one read brings, so
  /// that the caller can look at its deadline in between. Messages for other channels are dropped.
  ///
  /// @param channel our number of it
  /// @return whether there may be more without waiting
  /// @throws IOException if the master is gone, or does not speak as a master does
  boolean receive(int channel, Receiver receiver) throws IOException {
    if (giveReceived(channel, receiver)) {
      return true;
    }
    boolean full = receive();
    var _ = giveReceived(channel, receiver);
    return full;
  }

  private boolean giveReceived(int channel, Receiver receiver) throws IOException {
    boolean any = false;
    Optional<ChannelMessage> message = nextReceived();
    while (message.isPresent()) {
      any = true;
      if (message.get().recipient() == channel) {
        receiver.take(message.get());
      }
      message = nextReceived();
    }
    return any;
  }

  /// Receives what has come, as much as there is room for. Does not block.
  ///
  /// @return whether there was no room for more
  /// @throws IOException if the master is gone
  boolean receive() throws IOException {
    received.compact();
    int count = channel.read(received);
    boolean full = !received.hasRemaining();
    received.flip();
    if (count < 0) {
      throw new SocketException("the master has closed its control socket");
    }
    return full;
  }

  private Optional<ByteBuffer> frame() throws ProtocolException {
    if (received.remaining() < Integer.BYTES) {
      return Optional.empty();
    }
    int length = received.getInt(received.position());
    if (length < 2 || length > MAX_FRAME_BYTES) {
      throw new ProtocolException("a frame of " + Integer.toUnsignedString(length) + " bytes");
    }
    if (received.remaining() < Integer.BYTES + length) {
      return Optional.empty();
    }
    ByteBuffer frame = received.slice(received.position() + Integer.BYTES, length);
    received.position(received.position() + Integer.BYTES + length);
    return Optional.of(frame);
  }

  private void handshake(ByteBuffer frame) throws ProtocolException {
    int type = frame.remaining() < Integer.BYTES ? 0 : frame.getInt();
    if (handshake == Handshake.HELLO
        && type == MasterControl.MUX_MSG_HELLO
        && frame.remaining() >= 4) {
      int version = frame.getInt();
      if (version != MasterControl.MUX_VERSION) {
        throw new ProtocolException("the master speaks version " + version + " of its protocol");
      }
      handshake = Handshake.PROXY;
    } else if (handshake == Handshake.PROXY && type == MUX_S_PROXY) {
      handshake = Handshake.DONE;
    } else if (type == MUX_S_FAILURE || type == MUX_S_PERMISSION_DENIED) {
      throw new ProtocolException("the master offers no proxy mode (OpenSSH 7.4 or later has it)");
    } else {
      throw new ProtocolException("message " + Integer.toHexString(type) + " as a greeting");
    }
  }

  /// Waits until there is something to read, room to send what waits, a [#wakeup], or an interrupt
  /// (whose flag stays set), at most this long.
  public void await(long nanos) throws IOException {
    if (nanos > 0) {
      selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
    } else {
      selector.selectNow();
    }
    selector.selectedKeys().clear();
  }

  /// Makes the thread in [#await] return, or the next one that comes.
  public void wakeup() {
    selector.wakeup();
  }

  /// For [initrunner.ssh.master.PooledMaster], which knows when no other call needs the master, and
  /// for a master that gave no channel yet.
  public void close() {
    try {
      selector.close();
      channel.close();
    } catch (IOException e) {
      System.getLogger(MuxSocket.class.getName())
          .log(System.Logger.Level.DEBUG, "closing a control socket", e);
    }
  }
}
