package initrunner.door.jsonrpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// One client on two byte streams, one message a line. Each request is answered on a virtual thread
/// of its own. Safe for many threads.
///
/// A request is cancelled by an interrupt of its thread. From then on nothing is sent for it.
public final class Connection {

  /// A longer message is answered with an error, and not kept.
  public static final int MOST_MESSAGE_BYTES = 32 * 1024 * 1024;

  /// A client that has more requests under way at once gets an error for the next.
  private static final int MOST_REQUESTS = 1024;

  private static final Duration LAST_ANSWERS = Duration.ofMillis(250);

  private final InputStream in;
  private final OutputStream out;
  private final VersionMember version;
  private final ReentrantLock writing = new ReentrantLock();
  private final Map<Json, Exchange> exchanges = new ConcurrentHashMap<>();
  private final Map<Json, CompletableFuture<Json.Obj>> asked = new ConcurrentHashMap<>();
  private final AtomicLong nextId = new AtomicLong(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  /// @param out is flushed after each message
  public Connection(InputStream in, OutputStream out) {
    this(in, out, VersionMember.REQUIRED);
  }

  /// @param out is flushed after each message
  public Connection(InputStream in, OutputStream out, VersionMember version) {
    this.in = in;
    this.out = out;
    this.version = version;
  }

  /// Answers the requests of one client.
  public interface Server {

    /// Sees each request before it is answered, in the client's order. Does not block.
    void received(Incoming.Request request);

    /// Answers a request; several threads call this at once. An interrupt asks it to stop what it
    /// started and to return; its answer is dropped then.
    ///
    /// @throws RpcException an error as the answer
    Json.Obj answer(Exchange exchange) throws RpcException, InterruptedException;

    /// Takes a notification, in the client's order. Does not block.
    void take(Incoming.Notification notification);
  }

  /// One request under way.
  public final class Exchange {

    private final Incoming.Request request;
    private volatile boolean cancelled;
    private volatile Optional<Thread> thread = Optional.empty();

    private Exchange(Incoming.Request request) {
      this.request = request;
    }

    public Incoming.Request request() {
      return request;
    }

    /// Sends a notification that belongs to the request; none after it is cancelled.
    public void notify(String method, Json.Obj params) {
      if (!cancelled) {
        send(message().with("method", method).with("params", params));
      }
    }

    /// Asks the client, and blocks for its answer.
    ///
    /// @return its result; empty if it answers with an error, or not in time
    public Optional<Json.Obj> ask(String method, Json.Obj params, Duration patience)
        throws InterruptedException {
      return Connection.this.ask(method, params, patience);
    }

    private void cancel() {
      cancelled = true;
      thread.ifPresent(Thread::interrupt);
    }

    private void run(Server server) {
      thread = Optional.of(Thread.currentThread());
      if (cancelled) {
        Thread.currentThread().interrupt();
      }
      Json.Obj answer = message().with("id", request.id());
      try {
        answer = answer.with("result", server.answer(this));
      } catch (RpcException e) {
        answer = answer.with("error", e.error());
      } catch (InterruptedException e) {
        cancelled = true;
      } catch (RuntimeException | Error e) {
        answer = answer.with("error", internal(e));
      } finally {
        exchanges.remove(request.id(), this);
      }
      if (!cancelled) {
        send(answer);
      }
    }

    /// The client gets no more than the kind of failure: its text may repeat a secret.
    private Json.Obj internal(Throwable failure) {
      log().log(Level.ERROR, () -> "A request failed: " + request.method(), failure);
      String kind = failure.getClass().getSimpleName();
      return new RpcException(RpcException.INTERNAL_ERROR, "Internal error: " + kind).error();
    }
  }

  /// Serves until the client closes its end or goes away, or this thread is interrupted; then
  /// cancels the requests that are not answered within 250 ms, and blocks until each has ended. The
  /// interrupt flag is set again.
  public void serve(Server server) {
    Thread.ofPlatform().daemon().name("client-input").start(() -> read(server));
    boolean interrupted = false;
    try {
      ended.await();
      awaitAnswers();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    ended.countDown();
    interrupted |= endAll();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Sends a notification that belongs to no request. Blocks while the client does not read.
  public void notify(String method, Json.Obj params) {
    send(message().with("method", method).with("params", params));
  }

  /// Cancels a request; one that is not under way is ignored.
  public void cancel(Json id) {
    Optional.ofNullable(exchanges.get(id)).ifPresent(Exchange::cancel);
  }

  /// A client that closes its end behind its last question still wants the answer.
  private void awaitAnswers() throws InterruptedException {
    long endNanos = System.nanoTime() + LAST_ANSWERS.toNanos();
    while (!exchanges.isEmpty() && System.nanoTime() < endNanos) {
      Thread.sleep(Duration.ofMillis(5));
    }
  }

  private boolean endAll() {
    boolean interrupted = false;
    while (!exchanges.isEmpty()) {
      exchanges.values().forEach(Exchange::cancel);
      for (Exchange exchange : exchanges.values()) {
        try {
          if (exchange.thread.isPresent()) {
            exchange.thread.get().join(Duration.ofMillis(100));
          }
        } catch (InterruptedException e) {
          // The requests are being stopped already; this waits for the proof.
          interrupted = true;
        }
      }
    }
    return interrupted;
  }

  private void read(Server server) {
    MessageLines lines = new MessageLines(in, MOST_MESSAGE_BYTES);
    try {
      while (lines.next() && ended.getCount() > 0) {
        take(lines, server);
      }
    } catch (IOException e) {
      log().log(Level.DEBUG, () -> "The client's messages cannot be read", e);
    } finally {
      ended.countDown();
    }
  }

  private void take(MessageLines line, Server server) {
    if (!line.isWhole()) {
      refuse(
          Incoming.idIn(line.text()),
          new RpcException(
              RpcException.INVALID_REQUEST,
              "Invalid request: it has more than " + MOST_MESSAGE_BYTES + " bytes"));
    } else if (!line.isBlank()) {
      take(Incoming.of(line.text(), version), server);
    }
  }

  private void take(Incoming message, Server server) {
    switch (message) {
      case Incoming.Request request -> begin(new Exchange(request), server);
      case Incoming.Notification notification -> server.take(notification);
      case Incoming.Response(Json id, Json.Obj answer) ->
          Optional.ofNullable(asked.remove(id)).ifPresent(waiting -> waiting.complete(answer));
      case Incoming.Invalid(Optional<Json> id, RpcException fault) -> refuse(id, fault);
    }
  }

  private void begin(Exchange exchange, Server server) {
    Json id = exchange.request().id();
    if (exchanges.size() >= MOST_REQUESTS) {
      refuse(
          Optional.of(id),
          new RpcException(
              RpcException.INVALID_REQUEST,
              "Invalid request: more than " + MOST_REQUESTS + " requests are under way"));
      return;
    }
    if (exchanges.putIfAbsent(id, exchange) != null) {
      refuse(
          Optional.of(id),
          new RpcException(
              RpcException.INVALID_REQUEST,
              "Invalid request: another request with this id is under way"));
      return;
    }
    server.received(exchange.request());
    Thread.ofVirtual().name("request").start(() -> exchange.run(server));
  }

  private void refuse(Optional<Json> id, RpcException fault) {
    Json unknown = version == VersionMember.REQUIRED ? new Json.Null() : new Json.Num("-1");
    send(message().with("id", id.orElse(unknown)).with("error", fault.error()));
  }

  private Optional<Json.Obj> ask(String method, Json.Obj params, Duration patience)
      throws InterruptedException {
    Json id = new Json.Num(Long.toString(nextId.getAndIncrement()));
    CompletableFuture<Json.Obj> answer = new CompletableFuture<>();
    asked.put(id, answer);
    try {
      send(message().with("id", id).with("method", method).with("params", params));
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS).object("result");
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      asked.remove(id);
    }
  }

  private Json.Obj message() {
    return switch (version) {
      case REQUIRED -> Json.Obj.EMPTY.with("jsonrpc", "2.0");
      case LEFT_OUT -> Json.Obj.EMPTY;
    };
  }

  /// A client that does not take a message is gone.
  private void send(Json.Obj message) {
    byte[] bytes = message.bytes();
    writing.lock();
    try {
      out.write(bytes);
      out.write('\n');
      out.flush();
    } catch (IOException e) {
      log().log(Level.DEBUG, () -> "A message cannot be sent", e);
      ended.countDown();
    } finally {
      writing.unlock();
    }
  }

  private static System.Logger log() {
    return System.getLogger(Connection.class.getName());
  }
}
