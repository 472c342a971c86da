package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Cancelled;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.exec.transport.CallCookie;
import initrunner.ssh.master.ChannelPool;
import initrunner.ssh.mux.ChannelMessage;
import initrunner.ssh.mux.Patience;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of a stop where something else fails as well: a hunt that can tell nothing, signals
/// that the server does not deliver, a link that goes down.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RemoteStopTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final String SLEEP = "exec sleep 600";

  private static final Limits BRIEF =
      new Limits(Optional.of(Duration.ofMillis(300)), Duration.ofMillis(100));

  /// When the server says that the command is over.
  enum End {
    AT_A_HUNT,
    AT_A_HUNT_AFTER_SIGNALS,
    AT_A_SIGNAL,
    NEVER
  }

  @ParameterizedTest
  @CsvSource({
    "AT_A_HUNT, stopped, STOPPED",
    "AT_A_HUNT, stopped unproven, UNKNOWN",
    "AT_A_HUNT, running, STILL_RUNNING",
    "AT_A_HUNT, unknown, UNKNOWN",
    "AT_A_HUNT_AFTER_SIGNALS, unknown, UNKNOWN",
    "AT_A_SIGNAL, none, STOPPED",
    "AT_A_SIGNAL, none unproven, UNKNOWN",
    "AT_A_SIGNAL, unknown, UNKNOWN",
    "NEVER, running, STILL_RUNNING",
    "NEVER, stopped, UNKNOWN",
    "NEVER, none, STILL_RUNNING",
    "NEVER, unknown, UNKNOWN",
  })
  void aStopIsClaimedOnlyWhereItIsProven(End end, String verdict, Stop stop) throws Exception {
    Host host = new Host(end, verdict);
    assertThat(stopped(host::serve)).isEqualTo(new TimedOut(stop));
    if (end == End.AT_A_SIGNAL) {
      assertThat(host.signals.get()).isPositive();
    }
  }

  @Test
  void aLinkThatGoesDownMeanwhileProvesNothing() throws Exception {
    assertThat(
            stopped(peer -> {
              String ignored = peer.command();
              peer.await(ChannelMessage.CHANNEL_REQUEST);
              peer.close();
            }))
        .isEqualTo(new TimedOut(Stop.UNKNOWN));
  }

  /// The hunt cannot be told such a grace. Both sessions are given back, so the master ends.
  @Test
  void aStopThatFailsKeepsNoSession() throws Exception {
    Duration grace = Duration.ofSeconds(Long.MAX_VALUE / 1000 + 1);
    CallCookie cookie = CallCookie.random();
    try (ChannelPool pool = new ChannelPool(sshd.target(), System.getenv(), Optional.empty())) {
      ChannelPool.Lease lease = pool.acquire(Patience.endless());
      ProcessHandle master = OwnMasters.process(OwnMasters.controlSocket());
      Command command = cookie.mark(Command.of("sleep", "600"));
      lease.channel().start(lease.owner().requests(), lease.line(command));

      assertThatExceptionOfType(ArithmeticException.class)
          .isThrownBy(() -> new RemoteStop(pool, lease, cookie, grace, Sink.DISCARD).stop());

      master.onExit().get();
    }
  }

  @Test
  void aStopThatCanHaveNoThreadKeepsNoSession() throws Exception {
    InheritableThreadLocal<String> noThread =
        new InheritableThreadLocal<>() {
          @Override
          protected String childValue(String ofThisThread) {
            throw new OutOfMemoryError("unable to create native thread");
          }
        };
    try (BesideScripted beside =
        BesideScripted.open(
            sshd,
            peer -> {
              String ignored = peer.command();
              peer.await(ChannelMessage.CHANNEL_REQUEST);
              peer.ended(0);
            })) {
      noThread.set("inherited");
      assertThatExceptionOfType(OutOfMemoryError.class)
          .isThrownBy(() -> beside.run(Command.of("sleep", "600"), BRIEF));
      noThread.remove();
      // The master ends with its last call.
      beside.letGo();
      while (!PrivateDirectories.of(ProcessHandle.current().pid()).isEmpty()) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } finally {
      noThread.remove();
    }
  }

  /// More stops at once than threads can run at once: none of them may keep a hunt from its end.
  @Test
  void stopsWhoseHuntsTellNothingInTimeEnd() throws Exception {
    int stops = Runtime.getRuntime().availableProcessors() + 1;
    try (BesideScripted beside =
            BesideScripted.open(
                sshd,
                peer -> {
                  if (!peer.command().contains("initrunner-stop")) {
                    Host.refuseAll(peer);
                  }
                });
        CallsInFlight calls = new CallsInFlight()) {
      List<Future<Outcome>> stopped = new ArrayList<>();
      for (int i = 0; i < stops; i++) {
        stopped.add(calls.submit(() -> beside.run(Command.of("sleep", "600"), BRIEF)));
      }
      assertThat(CallsInFlight.ends(stopped)).containsOnly(new TimedOut(Stop.UNKNOWN));
    }
  }

  /// The master's process is stopped, and what is on its socket answers nothing: each question is
  /// given up in its turn, and the signal that a stopped process hears comes last.
  @Test
  void aStopAtAMasterThatAnswersNothingEndsAndSoDoesTheMaster() throws Exception {
    SshTransport transport = new SshTransport(sshd.target());
    try (CallsInFlight calls = new CallsInFlight()) {
      transport.open();
      List<Future<Outcome>> ofTheMaster = new ArrayList<>(calls.begin(transport, 1, SLEEP));
      ProcessHandle master = OwnMasters.process(OwnMasters.controlSocket());
      SilentMaster silent = new SilentMaster(master);
      try (ScriptedMaster _ = ScriptedMaster.at(OwnMasters.controlSocket(), silent)) {
        // It has the channel that was opened ahead of need.
        ofTheMaster.addAll(calls.begin(transport, 1, SLEEP));
        Future<Outcome> call =
            calls.submit(() -> transport.run(Command.of("true"), Limits.unbounded(), Sink.DISCARD));
        silent.commandCame.get();
        new ProcessBuilder("kill", "-STOP", Long.toString(master.pid())).start().waitFor();

        transport.close();

        assertThat(call.get().ended()).isEqualTo(new Cancelled(Stop.UNKNOWN));
        assertThat(CallsInFlight.ends(ofTheMaster)).containsOnly(new Cancelled(Stop.UNKNOWN));
        assertThat(silent.asked)
            .containsExactly("keepalive@openssh.com", "TERM", "KILL", "to end, while it is there");
        master.onExit().get();
      }
    } finally {
      transport.close();
    }
  }

  /// Takes channels and a command, and answers nothing that is asked then.
  private static final class SilentMaster implements ScriptedMaster.Script {

    private static final int MUX_C_TERMINATE = 0x10000005;

    private final ProcessHandle process;
    private final CompletableFuture<String> commandCame = new CompletableFuture<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    /// @param process of the master in whose place it is
    SilentMaster(ProcessHandle process) {
      this.process = process;
    }

    @Override
    public boolean answers(int request) {
      if (request == MUX_C_TERMINATE) {
        asked.add(process.isAlive() ? "to end, while it is there" : "to end, when it is gone");
      }
      return request != MUX_C_TERMINATE;
    }

    @Override
    public void serve(ScriptedMaster.Peer peer) throws IOException {
      commandCame.complete(peer.command());
      while (true) {
        ScriptedMaster.Message message = peer.next();
        if (message.type() == ChannelMessage.CHANNEL_REQUEST) {
          asked.add(nameOf(message));
        }
      }
    }

    private static String nameOf(ScriptedMaster.Message request) {
      String type = request.text();
      if (!type.equals("signal")) {
        return type;
      }
      int name = request.rest().position() + Integer.BYTES + type.length() + 1;
      request.rest().position(name);
      return request.text();
    }
  }

  private static Ended stopped(ScriptedMaster.Script script) throws Exception {
    try (BesideScripted beside = BesideScripted.open(sshd, script)) {
      return beside.run(Command.of("sleep", "600"), BRIEF).ended();
    }
  }

  /// A host on which every hunt says the same.
  private static final class Host {
    private final End end;
    private final String verdict;
    private final CompletableFuture<ScriptedMaster.Peer> command = new CompletableFuture<>();
    private final AtomicInteger signals = new AtomicInteger();

    Host(End end, String verdict) {
      this.end = end;
      this.verdict = verdict;
    }

    void serve(ScriptedMaster.Peer peer) throws IOException {
      while (true) {
        if (peer.command().contains("initrunner-stop")) {
          if (end == End.AT_A_HUNT || (end == End.AT_A_HUNT_AFTER_SIGNALS && signals.get() > 0)) {
            command.join().ended(143);
          }
          peer.data(verdict + "\n");
          peer.ended(0);
        } else {
          command.complete(peer);
          serveCommand(peer);
        }
      }
    }

    private static void refuseAll(ScriptedMaster.Peer peer) throws IOException {
      while (true) {
        if (peer.next().type() == ChannelMessage.CHANNEL_REQUEST) {
          peer.say(ChannelMessage.CHANNEL_FAILURE);
        }
      }
    }

    private void serveCommand(ScriptedMaster.Peer peer) throws IOException {
      ScriptedMaster.Message message = peer.next();
      while (message.type() != ChannelMessage.CHANNEL_CLOSE) {
        if (message.type() == ChannelMessage.CHANNEL_REQUEST) {
          answer(peer, message.text());
        }
        message = peer.next();
      }
    }

    private void answer(ScriptedMaster.Peer peer, String request) throws IOException {
      if (!request.equals("signal")) {
        peer.say(ChannelMessage.CHANNEL_FAILURE);
        return;
      }
      signals.incrementAndGet();
      if (end == End.AT_A_SIGNAL) {
        peer.say(ChannelMessage.CHANNEL_SUCCESS);
        peer.ended(143);
      } else {
        peer.say(ChannelMessage.CHANNEL_FAILURE);
      }
    }
  }
}
