package initrunner.ssh.mux;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Ended;
import initrunner.exec.Stdin;
import initrunner.exec.transport.Deadline;
import initrunner.ssh.ScriptedMaster;
import initrunner.ssh.shell.LoginShell;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a server may do that OpenSSH's does not: small packets, a small window, requests of its
/// own, data of another kind, a second end.
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class ExecChannelTest {

  private static final int WINDOW_BYTES = 5000;
  private static final int PACKET_BYTES = 1024;

  @TempDir Path directory;

  private final Captured output = new Captured(1000);
  private Optional<Ended> ended = Optional.empty();

  /// Runs a command with some input against a server, whose failures are the test's.
  private ExecChannel.Wake run(ScriptedMaster.Script server, byte[] input) throws Exception {
    CompletableFuture<Void> served = new CompletableFuture<>();
    Path path = directory.resolve("s");
    try (ScriptedMaster _ =
        ScriptedMaster.at(
            path,
            peer -> {
              try {
                server.serve(peer);
                served.complete(null);
              } catch (IOException | AssertionError e) {
                served.completeExceptionally(e);
              }
            })) {
      MuxSocket socket = MuxSocket.connect(path, Patience.endless());
      try {
        OpeningChannel opening = OpeningChannel.ask(socket, 0);
        var answer = opening.await(Patience.of(Duration.ofSeconds(10)));
        ExecChannel channel = ((OpeningChannel.Answer.Opened) answer).channel();
        channel.start(
            new SessionRequests(false, List.of()),
            new LoginShell.Line("true", new Stdin.Bytes(input)));
        ExecChannel.Wake wake = channel.await(soon(), Duration.ofMillis(100), output);
        ended = channel.ended();
        served.get();
        return wake;
      } finally {
        socket.close();
      }
    }
  }

  private static Deadline soon() {
    return Deadline.in(Duration.ofSeconds(10));
  }

  @Test
  void noPacketIsLargerThanTheServerTakes() throws Exception {
    List<Integer> lengths = new ArrayList<>();
    ExecChannel.Wake wake =
        run(
            peer -> {
              peer.open(1 << 20, PACKET_BYTES);
              for (int got = 0; got < 4000; got += lengths.getLast()) {
                lengths.add(peer.await(ChannelMessage.CHANNEL_DATA).rest().getInt());
              }
              peer.ended(3);
            },
            new byte[4000]);
    assertThat(wake).isEqualTo(ExecChannel.Wake.OVER);
    assertThat(lengths).containsExactly(1024, 1024, 1024, 928);
    assertThat(ended).contains(new Ended.Exited(3));
  }

  @Test
  void noMoreIsSentThanTheWindowHasRoomFor() throws Exception {
    List<Integer> sent = new ArrayList<>();
    run(
        peer -> {
          peer.open(WINDOW_BYTES, PACKET_BYTES);
          sent.add(sentUntilSilent(peer, WINDOW_BYTES));
          peer.say(ChannelMessage.CHANNEL_WINDOW_ADJUST, 100);
          sent.add(sentUntilSilent(peer, 100));
          peer.ended(0);
        },
        new byte[3 * WINDOW_BYTES]);
    assertThat(sent).containsExactly(WINDOW_BYTES, 100);
  }

  /// A reply to a request of the server's comes behind all that there was room for.
  private static int sentUntilSilent(ScriptedMaster.Peer peer, int expected) throws IOException {
    int sent = 0;
    while (sent < expected) {
      sent += peer.await(ChannelMessage.CHANNEL_DATA).rest().getInt();
    }
    peer.request("keepalive@openssh.com", ScriptedMaster.Peer.WantReply.YES);
    ScriptedMaster.Message next = peer.next();
    while (next.type() != ChannelMessage.CHANNEL_FAILURE) {
      sent += next.type() == ChannelMessage.CHANNEL_DATA ? next.rest().getInt() : 0;
      next = peer.next();
    }
    return sent;
  }

  @Test
  void requestsOfTheServerThatWantAReplyHaveOneAndTheOthersHaveNone() throws Exception {
    List<Integer> replies = new ArrayList<>();
    run(
        peer -> {
          peer.open(WINDOW_BYTES, PACKET_BYTES);
          peer.await(ChannelMessage.CHANNEL_EOF);
          peer.request("eow@openssh.com", ScriptedMaster.Peer.WantReply.NO);
          peer.request("keepalive@openssh.com", ScriptedMaster.Peer.WantReply.YES);
          replies.add(peer.next().type());
          peer.exited(0);
          // The next word is a question of ours, so there was one reply.
          replies.add(peer.next().type());
          peer.say(ChannelMessage.CHANNEL_CLOSE);
        },
        new byte[0]);
    assertThat(replies)
        .containsExactly(ChannelMessage.CHANNEL_FAILURE, ChannelMessage.CHANNEL_REQUEST);
  }

  @Test
  void dataOfAnUnknownKindIsNoOutput() throws Exception {
    run(
        peer -> {
          peer.open(WINDOW_BYTES, PACKET_BYTES);
          peer.extendedData(2, "of another kind");
          peer.extendedData(ChannelMessage.EXTENDED_DATA_STDERR, "error");
          peer.data("output");
          peer.ended(0);
        },
        new byte[0]);
    assertThat(output.stderrText()).isEqualTo("error");
    assertThat(output.stdoutText()).isEqualTo("output");
  }

  @Test
  void theFirstEndHolds() throws Exception {
    run(
        peer -> {
          peer.open(WINDOW_BYTES, PACKET_BYTES);
          peer.exited(4);
          peer.ended(0);
        },
        new byte[0]);
    assertThat(ended).contains(new Ended.Exited(4));
  }

  /// Output, of unknown kinds too, is given back to the server as room, to the byte.
  @Test
  void theWindowIsOpenedAgainByWhatWasTaken() throws Exception {
    int packets = 3 * ExecChannel.WINDOW_BYTES / PACKET_BYTES;
    String packet = ".".repeat(PACKET_BYTES);
    List<Integer> adjusted = new ArrayList<>();
    run(
        peer -> {
          peer.open(WINDOW_BYTES, PACKET_BYTES);
          peer.await(ChannelMessage.CHANNEL_EOF);
          int room = ExecChannel.WINDOW_BYTES;
          for (int i = 0; i < packets; i++) {
            while (room < PACKET_BYTES) {
              adjusted.add(peer.await(ChannelMessage.CHANNEL_WINDOW_ADJUST).rest().getInt());
              room += adjusted.getLast();
            }
            if (i % 2 == 0) {
              peer.data(packet);
            } else {
              peer.extendedData(2, packet);
            }
            room -= PACKET_BYTES;
          }
          peer.ended(0);
        },
        new byte[0]);
    assertThat(adjusted).isNotEmpty().allMatch(bytes -> bytes == ExecChannel.WINDOW_BYTES / 8);
  }

  @Test
  void anInterruptIsKeptWhileTheRestIsSent() throws Exception {
    run(
        peer -> {
          peer.open(WINDOW_BYTES, PACKET_BYTES);
          peer.ended(0);
        },
        new byte[0]);
    Path path = directory.resolve("slow");
    CompletableFuture<Void> go = new CompletableFuture<>();
    try (ScriptedMaster _ =
        ScriptedMaster.at(
            path,
            peer -> {
              go.join();
              peer.await(ChannelMessage.CHANNEL_CLOSE);
            })) {
      MuxSocket socket = MuxSocket.connect(path, Patience.endless());
      byte[] much = new byte[1 << 20];
      socket.out().data(0, ByteBuffer.wrap(much));
      socket.out().bare(ChannelMessage.CHANNEL_CLOSE, 0);
      socket.flush();
      assertThat(socket.out().pendingBytes()).isPositive();
      go.complete(null);
      Thread.currentThread().interrupt();
      socket.flushAll(Duration.ofSeconds(10));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(socket.out().pendingBytes()).isZero();
      socket.close();
    }
  }
}
