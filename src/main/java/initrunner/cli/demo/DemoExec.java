package initrunner.cli.demo;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.exec.transport.LocalTransport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.session.ServerSession;

/// One `exec` request of [DemoServer]: a process in a session of its own, wired to its channel. The
/// library calls the setters, then [#start], and [#destroy] when the channel is closed.
///
/// The exit status goes back unchanged. It becomes an `exit-signal` if a `signal` request of this
/// channel explains it. A command that another signal ended has the status 128 + its number, as in
/// a shell, because the JDK tells no more.
final class DemoExec implements org.apache.sshd.server.command.Command {

  /// Prints its process group, which signals are sent to; the rest of the output is the command's.
  private static final String WRAPPER = "echo $$; exec sh -c \"$1\"";

  private static final String KILL = "kill -s \"$1\" -- \"-$2\"";
  private static final int MAX_COMPLAINT_BYTES = 1024;
  private static final int BY_SIGNAL = 128;
  private static final int NOT_STARTED = 126;

  private final String line;
  private final Path home;
  private final LocalTransport machine;
  private final ExecutorService commands;
  private final CompletableFuture<String> group = new CompletableFuture<>();
  private InputStream in = InputStream.nullInputStream();
  private OutputStream out = OutputStream.nullOutputStream();
  private OutputStream err = OutputStream.nullOutputStream();
  private ExitCallback exit = (status, message, immediately) -> {};
  private volatile Optional<Signal> sent = Optional.empty();
  private volatile Optional<Future<?>> running = Optional.empty();

  DemoExec(String line, Path home, LocalTransport machine, ExecutorService commands) {
    this.line = line;
    this.home = home;
    this.machine = machine;
    this.commands = commands;
  }

  @Override
  public void setInputStream(InputStream stream) {
    in = stream;
  }

  @Override
  public void setOutputStream(OutputStream stream) {
    out = stream;
  }

  @Override
  public void setErrorStream(OutputStream stream) {
    err = stream;
  }

  @Override
  public void setExitCallback(ExitCallback callback) {
    exit = callback;
  }

  @Override
  public void start(ChannelSession channel, Environment environment) {
    Command command =
        new Command(
            List.of("sh", "-c", WRAPPER, "sh", line),
            variables(channel.getServerSession(), environment),
            Optional.of(home.toString()),
            new Stdin.Stream(in));
    environment.addSignalListener((from, signal) -> deliver(signal));
    running = Optional.of(commands.submit(() -> run(command, channel)));
  }

  private static Map<String, String> variables(ServerSession session, Environment environment) {
    Map<String, String> variables = new LinkedHashMap<>();
    environment
        .getEnv()
        .forEach((name, value) -> {
          if (Command.isVariableName(name) && value.indexOf('\0') < 0) {
            variables.put(name, value);
          }
        });
    if (session.getClientAddress() instanceof InetSocketAddress client
        && session.getIoSession().getLocalAddress() instanceof InetSocketAddress server) {
      variables.put("SSH_CONNECTION", address(client) + " " + address(server));
    }
    return variables;
  }

  private static String address(InetSocketAddress end) {
    return end.getAddress().getHostAddress() + " " + end.getPort();
  }

  private void run(Command command, ChannelSession channel) {
    try {
      Outcome outcome = machine.run(command, Limits.unbounded(), new Output());
      report(outcome.ended(), channel);
    } catch (TransportException e) {
      complain(String.valueOf(e.getMessage()));
      exit.onExit(NOT_STARTED);
    } catch (UncheckedIOException clientHasGone) {
      exit.onExit(NOT_STARTED);
    } finally {
      group.complete("");
    }
  }

  private void report(Ended ended, ChannelSession channel) {
    switch (ended) {
      case Ended.Exited(int status) -> {
        sent.filter(signal -> status == BY_SIGNAL + signal.getNumeric())
            .ifPresent(signal -> endedBySignal(channel, signal.name()));
        exit.onExit(status);
      }
      case Ended.OutOfMemory(int status) -> exit.onExit(status);
      case Ended.Signaled(String name) -> {
        endedBySignal(channel, name);
        exit.onExit(BY_SIGNAL);
      }
      case Ended.Cancelled _ -> {
        // A process that changed its environment has lost its cookie, but not its group.
        boolean interrupted = Thread.interrupted();
        Optional.ofNullable(group.getNow(null)).ifPresent(leader -> kill("KILL", leader));
        exit.onExit(BY_SIGNAL);
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
      case Ended.TimedOut _, Ended.Lost _ -> exit.onExit(BY_SIGNAL);
    }
  }

  private static void endedBySignal(ChannelSession channel, String name) {
    if (channel instanceof DemoChannel ours) {
      ours.endedBySignal(name);
    }
  }

  private void complain(String message) {
    try {
      err.write((message + "\n").getBytes(StandardCharsets.UTF_8));
      err.flush();
    } catch (IOException clientHasGone) {
      // The client is gone, too.
    }
  }

  /// On another thread: the library must not wait for it.
  private void deliver(Signal signal) {
    sent = Optional.of(signal);
    commands.execute(() -> {
      String leader = group.join();
      if (!leader.isEmpty()) {
        kill(signal.name(), leader);
      }
    });
  }

  private void kill(String signal, String leader) {
    machine.run(
        Command.of("sh", "-c", KILL, "sh", signal, leader),
        Limits.unbounded(),
        new Captured(MAX_COMPLAINT_BYTES));
  }

  /// After the channel is closed, stops the command by an interrupt of its thread.
  @Override
  public void destroy(ChannelSession channel) {
    running.ifPresent(thread -> thread.cancel(true));
  }

  /// Passes the output to the channel, which waits for its window; keeps the first line back.
  private final class Output implements Sink {
    private final StringBuilder leader = new StringBuilder();

    @Override
    public void stdout(ByteBuffer bytes) {
      while (!group.isDone() && bytes.hasRemaining()) {
        char c = (char) bytes.get();
        if (c == '\n') {
          group.complete(leader.toString());
        } else {
          leader.append(c);
        }
      }
      if (bytes.hasRemaining()) {
        write(bytes, out);
      }
    }

    @Override
    public void stderr(ByteBuffer bytes) {
      write(bytes, err);
    }

    private static void write(ByteBuffer bytes, OutputStream to) {
      try {
        to.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        to.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
