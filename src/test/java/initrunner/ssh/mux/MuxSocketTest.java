package initrunner.ssh.mux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Captured;
import initrunner.exec.OutputEnd;
import initrunner.exec.Stdin;
import initrunner.exec.transport.Deadline;
import initrunner.ssh.shell.LoginShell;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A scripted master: it says what the test wants, whole, cut or wrong.
@Timeout(value = 10, unit = TimeUnit.SECONDS)
class MuxSocketTest {

  private static final String HELLO = "00000008 00000001 00000004";
  private static final String PROXY = "00000008 8000000f 00000000";
  private static final String OPENED = "00000012 00 5b 00000000 00000007 00200000 00008000";

  @TempDir Path directory;

  private ServerSocketChannel listener;
  private MuxSocket socket;
  private SocketChannel master;

  @BeforeEach
  void connect() throws IOException {
    Path path = directory.resolve("s");
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(path));
    socket = MuxSocket.connect(path, Patience.endless());
    master = listener.accept();
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
    master.close();
    listener.close();
  }

  private void say(String... frames) throws IOException {
    for (String frame : frames) {
      master.write(ByteBuffer.wrap(HexFormat.of().parseHex(frame.replace(" ", ""))));
    }
  }

  private static Deadline soon() {
    return Deadline.in(Duration.ofSeconds(5));
  }

  private ExecChannel opened() throws IOException {
    say(HELLO, PROXY);
    OpeningChannel opening = OpeningChannel.ask(socket, 0);
    say(OPENED);
    OpeningChannel.Answer answer = opening.await(Patience.of(Duration.ofSeconds(5)));
    assertThat(answer).isInstanceOf(OpeningChannel.Answer.Opened.class);
    return ((OpeningChannel.Answer.Opened) answer).channel();
  }

  private ExecChannel started() throws IOException {
    ExecChannel channel = opened();
    channel.start(
        new SessionRequests(false, List.of()), new LoginShell.Line("true", Stdin.nothing()));
    return channel;
  }

  private static ExecChannel.Wake await(ExecChannel channel) throws IOException {
    return channel.await(soon(), Duration.ofMillis(100), new Captured(100));
  }

  @Test
  void aMasterThatAgreesIsAProxy() throws IOException {
    say(HELLO, PROXY);
    socket.awaitProxy(Patience.of(Duration.ofSeconds(5)));
  }

  @Test
  void aMasterOfAnotherVersionIsNone() throws IOException {
    say("00000008 00000001 00000005");
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> socket.awaitProxy(Patience.of(Duration.ofSeconds(5))))
        .withMessageContaining("version 5");
  }

  @Test
  void aMasterWithoutProxyModeSaysSo() throws IOException {
    say(HELLO, "00000015 80000003 00000000 00000009 756e737570706f7274");
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> socket.awaitProxy(Patience.of(Duration.ofSeconds(5))))
        .withMessageContaining("proxy mode");
  }

  @Test
  void aMasterThatSaysNothingIsNotWaitedForForEver() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> socket.awaitProxy(Patience.of(Duration.ofMillis(100))));
  }

  @Test
  void aFrameLargerThanAnyIsNotWaitedFor() throws IOException {
    say(HELLO, PROXY, "7fffffff 00 5e");
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> OpeningChannel.ask(socket, 0).await(Patience.of(Duration.ofSeconds(5))));
  }

  @Test
  void aFrameThatIsCutIsALostMaster() throws IOException {
    ExecChannel channel = started();
    say("00000010 00 5e 00000000");
    master.close();
    assertThatExceptionOfType(SocketException.class).isThrownBy(() -> await(channel));
  }

  @Test
  void aStringLongerThanItsFrameIsWrong() throws IOException {
    ExecChannel channel = started();
    say("0000000e 00 5e 00000000 7fffffff 41414141");
    assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> await(channel));
  }

  @Test
  void anUnknownMessageIsWrong() throws IOException {
    ExecChannel channel = started();
    say("00000006 00 50 00000000");
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> await(channel))
        .withMessageContaining("80");
  }

  /// What a master sends beyond the window waits in the kernel: one chunk at a time is held here.
  @Test
  void aMasterThatIgnoresTheWindowIsReadAsTheSinkTakesIt() throws IOException {
    ExecChannel channel = started();
    int packets = 4 * ExecChannel.WINDOW_BYTES / ExecChannel.MAX_PACKET_BYTES;
    Thread.ofVirtual().start(() -> flood(packets));
    Captured captured = new Captured(100);
    assertThat(channel.await(soon(), Duration.ofMillis(100), captured))
        .isEqualTo(ExecChannel.Wake.OVER);
    assertThat(captured.stdoutBytes()).isEqualTo((long) packets * ExecChannel.MAX_PACKET_BYTES);
  }

  private void flood(int packets) {
    try {
      int length = ExecChannel.MAX_PACKET_BYTES;
      ByteBuffer frame = ByteBuffer.allocate(14 + length);
      frame.putInt(10 + length).put((byte) 0).put((byte) 94).putInt(0).putInt(length);
      for (int i = 0; i < packets; i++) {
        frame.clear();
        while (frame.hasRemaining()) {
          master.write(frame);
        }
      }
      say("00000006 00 61 00000000");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static final String STARTED = "00000006 00 63 00000000";
  private static final String EXITED =
      "0000001a 00 62 00000000 0000000b 657869742d737461747573 00 00000003";
  private static final String NO = "00000006 00 64 00000000";

  /// A server on a busy machine, whose notice of the end overtakes the output.
  @Test
  void outputThatIsLaterThanTheDrainIsWaitedForWhileTheServerHasNotSpoken() throws IOException {
    ExecChannel channel = started();
    Thread.ofPlatform()
        .start(() -> {
          try {
            say(STARTED, EXITED);
            awaitSaid("keepalive@openssh.com");
            say(NO);
            awaitSaid("keepalive@openssh.com");
            say("0000000d 00 5e 00000000 00000003 6f6e65", NO);
            awaitSaid("keepalive@openssh.com");
            say("0000000d 00 5e 00000000 00000003 74776f", "00000006 00 60 00000000", NO);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    Captured captured = new Captured(100);
    assertThat(channel.await(soon(), Duration.ofMillis(1), captured))
        .isEqualTo(ExecChannel.Wake.OVER);
    assertThat(captured.stdoutText()).isEqualTo("onetwo");
    assertThat(channel.output()).isEqualTo(OutputEnd.COMPLETE);
  }

  @Test
  void outputThatAServerWithNothingMoreToSayKeepsOpenIsHeldOpenBySomethingElse()
      throws IOException {
    ExecChannel channel = started();
    Thread.ofPlatform()
        .start(() -> {
          try {
            say(STARTED, EXITED);
            awaitSaid("keepalive@openssh.com");
            say(NO);
            awaitSaid("keepalive@openssh.com");
            say(NO);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    assertThat(await(channel)).isEqualTo(ExecChannel.Wake.OVER);
    assertThat(channel.output()).isEqualTo(OutputEnd.HELD_OPEN);
  }

  /// Reads up to where the engine has said this.
  private void awaitSaid(String words) throws IOException {
    StringBuilder said = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (said.indexOf(words) < 0 && master.read(one) > 0) {
      said.append((char) one.get(0));
      one.clear();
    }
  }

  @Test
  void messagesAboutChannelsOfBeforeAreIgnored() throws IOException {
    ExecChannel channel = started();
    say("00000006 00 61 00000063");
    assertThat(channel.await(aMoment(), Duration.ofMillis(1), new Captured(100)))
        .isEqualTo(ExecChannel.Wake.TIME_UP);
    say("0000001a 00 62 00000000 0000000b 657869742d737461747573 00 00000003");
    say("00000006 00 61 00000000");
    assertThat(await(channel)).isEqualTo(ExecChannel.Wake.OVER);
    assertThat(channel.ended()).contains(new initrunner.exec.Ended.Exited(3));
  }

  @Test
  void afterTheEndNothingOfTheChannelIsSentBehindItsClose() throws IOException {
    ExecChannel channel = started();
    channel.end().flush();
    assertThat(socket.out().pendingBytes()).isZero();
    ByteBuffer all = ByteBuffer.allocate(4096);
    master.read(all);
    String sent = HexFormat.of().formatHex(all.array(), 0, all.position());
    String close = "00000006" + "00" + "61" + "00000007";
    assertThat(sent).endsWith(close);
    assertThat(sent.split(close, -1)).hasSize(2);
  }

  /// Until the server hears of the end, the session is taken.
  @Test
  void theCloseGoesOutBehindInputThatTheCommandDidNotWant() throws Exception {
    ExecChannel channel = opened();
    InputStream zeros = new ByteArrayInputStream(new byte[1 << 20]);
    channel.start(
        new SessionRequests(false, List.of()),
        new LoginShell.Line("true", new Stdin.Stream(zeros)));
    while (socket.out().pendingBytes() == 0) {
      assertThat(channel.await(aMoment(), Duration.ofMillis(1), new Captured(100)))
          .isEqualTo(ExecChannel.Wake.TIME_UP);
    }
    channel.end().flush();
    assertThat(socket.out().pendingBytes()).isPositive();

    FutureTask<String> reading = new FutureTask<>(this::lastSaid);
    Thread.ofPlatform().start(reading);
    // Where the socket's room is not waited for, this takes all of its time.
    socket.flushAll(Duration.ofMinutes(1));
    socket.close();
    assertThat(reading.get()).endsWith("00000006" + "00" + "61" + "00000007");
  }

  private static Deadline aMoment() {
    return Deadline.in(Duration.ofMillis(1));
  }

  /// Reads to the end, and returns the last bytes.
  private String lastSaid() throws IOException {
    String last = "";
    ByteBuffer some = ByteBuffer.allocate(1 << 16);
    while (master.read(some) >= 0) {
      String read = last + HexFormat.of().formatHex(some.array(), 0, some.position());
      last = read.substring(Math.max(0, read.length() - 100));
      some.clear();
    }
    return last;
  }
}
