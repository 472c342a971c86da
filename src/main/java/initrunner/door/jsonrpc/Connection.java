package initrunner.door.jsonrpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// One client on two byte streams, one message a line. Each request is answered on a virtual thread
/// of its own. Safe for many threads.
///
/// A request is cancelled by an interrupt of its thread. From then on nothing is sent for it.
public final class Connection {

  /// A longer message is answered with an error, and not kept.
  public static final int MOST_MESSAGE_BYTES = 32 * 1024 * 1024;

  private static final Duration LAST_ANSWERS = Duration.ofMillis(250);

  /// A client that takes nothing for so long after the end of its input, or after a signal, is
  /// gone.
  private static final Duration MOST_SILENCE = Duration.ofSeconds(5);

  private static final Duration MOST_SILENCE_AFTER_SIGNAL = Duration.ofSeconds(1);

  private final InputStream in;
  private final VersionMember version;
  private final Exchanges exchanges = new Exchanges();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final MessageWriter output;
  private final Outlet lines = new Lines();

  /// @param out is flushed after each message
  public Connection(InputStream in, OutputStream out) {
    this(in, out, VersionMember.REQUIRED);
  }

  /// @param out is flushed after each message
  public Connection(InputStream in, OutputStream out, VersionMember version) {
    this.in = in;
    this.output = new MessageWriter(out, ended::countDown);
    this.version = version;
  }

  private final class Lines implements Outlet {

    @Override
    public void send(Json.Obj message) {
      write(message);
    }

    @Override
    public void end(Optional<Json> answer) {
      answer.ifPresent(Connection.this::write);
    }
  }

  /// The client's requests that are under way.
  public Exchanges exchanges() {
    return exchanges;
  }

  /// Serves until the client closes its end or goes away, or this thread is interrupted; then
  /// cancels the requests that are not answered within 250 ms, and blocks until each has ended. Of
  /// the answers, the client gets those that it takes. The interrupt flag is set again.
  public void serve(Server server) {
    output.start();
    Thread.ofPlatform().daemon().name("client-input").start(() -> read(server));
    boolean interrupted = false;
    try {
      ended.await();
      awaitAnswers();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    ended.countDown();
    output.close(interrupted ? MOST_SILENCE_AFTER_SIGNAL : MOST_SILENCE);
    exchanges.end();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Sends a notification that belongs to no request. Blocks while the client does not read.
  public void notify(String method, Json.Obj params) {
    write(Exchanges.message().with("method", method).with("params", params));
  }

  /// Cancels a request; one that is not under way is ignored.
  public void cancel(Json id) {
    exchanges.cancel(id);
  }

  /// A client that closes its end behind its last question still wants the answer.
  private void awaitAnswers() throws InterruptedException {
    long endNanos = System.nanoTime() + LAST_ANSWERS.toNanos();
    while (!exchanges.isEmpty() && System.nanoTime() < endNanos) {
      Thread.sleep(Duration.ofMillis(5));
    }
  }

  private void read(Server server) {
    MessageLines input = new MessageLines(in, MOST_MESSAGE_BYTES);
    try {
      while (input.next() && ended.getCount() > 0) {
        take(input, server);
      }
    } catch (IOException e) {
      log().log(Level.DEBUG, () -> "The client's messages cannot be read", e);
    } finally {
      ended.countDown();
    }
  }

  private void take(MessageLines line, Server server) {
    if (!line.isWhole()) {
      write(Incoming.tooLong(line.text(), MOST_MESSAGE_BYTES).answer());
    } else if (!line.isBlank()) {
      take(Incoming.of(line.text(), version), server);
    }
  }

  private void take(Incoming message, Server server) {
    switch (message) {
      case Incoming.Request request -> exchanges.begin(request, server, lines);
      case Incoming.Notification notification -> server.take(notification);
      case Incoming.Response response -> exchanges.take(response);
      case Incoming.Batch batch -> {
        if (server.takesBatches()) {
          exchanges.begin(batch, server, lines);
        } else {
          write(Incoming.Batch.REFUSED.answer());
        }
      }
      case Incoming.Invalid invalid -> write(invalid.answer());
    }
  }

  private void write(Json message) {
    byte[] bytes = version.written(message).bytes();
    byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
    line[bytes.length] = '\n';
    output.write(line);
  }

  private static System.Logger log() {
    return System.getLogger(Connection.class.getName());
  }
}
