package initrunner.ssh;

import initrunner.exec.Command;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.transport.Deadline;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.master.ChannelPool;
import initrunner.ssh.mux.Patience;
import initrunner.ssh.mux.SessionRequests;
import initrunner.ssh.shell.LoginShell;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// What the server itself takes: from the exec request to the exit status, seen at the socket of a
/// channel that is open already. Opening and closing are not measured.
final class Floor implements Contender {

  private final ChannelPool pool;

  Floor(SshTarget target) {
    pool = new ChannelPool(target, java.util.Map.of(), java.util.Optional.empty());
  }

  @Override
  public String name() {
    return "sshd itself (exec sent to exit-status)";
  }

  @Override
  public void connect() {
    pool.open();
  }

  /// How long one command takes the server, in nanoseconds.
  long nanos(Command command) throws IOException {
    // The spare may have a shell on it already.
    ChannelPool.Lease lease =
        pool.exchange(pool.acquire(Patience.endless()), Patience.endless()).orElseThrow();
    try {
      long begin = System.nanoTime();
      lease
          .channel()
          .start(
              SessionRequests.NONE,
              new LoginShell.Line(Contender.line(command), Stdin.nothing()));
      while (lease.channel().ended().isEmpty()) {
        lease.channel().await(Deadline.in(Duration.ZERO), Duration.ZERO, Sink.DISCARD);
        if (lease.channel().ended().isEmpty()) {
          lease.channel().socket().await(1_000_000_000L);
        }
      }
      long nanos = System.nanoTime() - begin;
      lease
          .channel()
          .await(Deadline.in(Duration.ofSeconds(1)), Duration.ofMillis(200), Sink.DISCARD);
      return nanos;
    } finally {
      pool.release(lease);
    }
  }

  @Override
  public long run(Command command, InputStream stdin) throws IOException {
    return nanos(command);
  }

  @Override
  public void close() {
    pool.close();
  }
}
