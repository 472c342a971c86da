package initrunner.door.jsonrpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/// The requests of one client that are under way, and the questions to it that are open. Safe for
/// many threads.
public final class Exchanges {

  /// A client that has more requests under way at once gets an error for the next.
  private static final int MOST_REQUESTS = 1024;

  /// By id. A client may use the id again when it has the answer, so it is free before that is
  /// sent.
  private final Map<Json, Exchange> underWay = new ConcurrentHashMap<>();

  /// Those whose answer is not sent yet.
  private final Set<Exchange> unfinished = ConcurrentHashMap.newKeySet();

  private final Map<Json, CompletableFuture<Json.Obj>> asked = new ConcurrentHashMap<>();
  private final AtomicLong nextId = new AtomicLong(1);
  private volatile boolean hasEnded;

  /// Answers a request on a virtual thread of its own. One that cannot be taken is answered with an
  /// error at once.
  ///
  /// @return the request under way; empty if it was not taken
  public Optional<Exchange> begin(Incoming.Request request, Server server, Outlet outlet) {
    if (unfinished.size() >= MOST_REQUESTS) {
      return refuse(request, outlet, "more than " + MOST_REQUESTS + " requests are under way");
    }
    Exchange exchange = new Exchange(request, this, outlet);
    if (underWay.putIfAbsent(request.id(), exchange) != null) {
      return refuse(request, outlet, "another request with this id is under way");
    }
    unfinished.add(exchange);
    if (hasEnded) {
      answered(exchange);
      finished(exchange);
      return refuse(request, outlet, "the server has ended its work for this client");
    }
    server.received(request);
    Thread.ofVirtual().name("request").start(() -> exchange.run(server));
    return Optional.of(exchange);
  }

  /// Takes the messages of a list in their order (JSON-RPC 2.0, section 6). The outlet gets one
  /// list of all answers.
  ///
  /// @return the requests under way
  public List<Exchange> begin(Incoming.Batch batch, Server server, Outlet outlet) {
    BatchOutlet together = new BatchOutlet(outlet, batch.answers());
    List<Exchange> begun = new ArrayList<>();
    for (Incoming message : batch.messages()) {
      switch (message) {
        case Incoming.Request request -> begin(request, server, together).ifPresent(begun::add);
        case Incoming.Notification notification -> server.take(notification);
        case Incoming.Response response -> take(response);
        case Incoming.Invalid invalid -> together.end(Optional.of(invalid.answer()));
        case Incoming.Batch _ -> throw new IllegalStateException("a batch has no batches");
      }
    }
    return begun;
  }

  /// Gives an answer of the client to the thread that asked for it. One that answers no open
  /// question is ignored.
  public void take(Incoming.Response response) {
    Optional.ofNullable(asked.remove(response.id()))
        .ifPresent(waiting -> waiting.complete(response.message()));
  }

  /// Cancels a request; one that is not under way is ignored.
  public void cancel(Json id) {
    Optional.ofNullable(underWay.get(id)).ifPresent(Exchange::cancel);
  }

  /// Whether no request is under way, and each answer is sent.
  public boolean isEmpty() {
    return unfinished.isEmpty();
  }

  /// Takes no more requests, cancels all that are under way, and blocks until each has ended. An
  /// interrupt is kept for later: the requests are being stopped already, and this waits for the
  /// proof.
  public void end() {
    hasEnded = true;
    boolean interrupted = false;
    while (!unfinished.isEmpty()) {
      unfinished.forEach(Exchange::cancel);
      for (Exchange exchange : unfinished) {
        try {
          exchange.join(Duration.ofMillis(100));
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  void answered(Exchange exchange) {
    underWay.remove(exchange.request().id(), exchange);
  }

  void finished(Exchange exchange) {
    unfinished.remove(exchange);
  }

  /// Asks the client over this outlet, and blocks for its answer.
  Optional<Json.Obj> ask(Outlet outlet, Json.Obj question, Duration patience)
      throws InterruptedException {
    Json id = new Json.Num(Long.toString(nextId.getAndIncrement()));
    CompletableFuture<Json.Obj> answer = new CompletableFuture<>();
    asked.put(id, answer);
    try {
      Json.Obj numbered = message().with("id", id);
      for (Map.Entry<String, Json> member : question.members().entrySet()) {
        numbered = numbered.with(member.getKey(), member.getValue());
      }
      outlet.send(numbered);
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS).object("result");
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      asked.remove(id);
    }
  }

  private static Optional<Exchange> refuse(Incoming.Request request, Outlet outlet, String why) {
    RpcException fault = new RpcException(RpcException.INVALID_REQUEST, "Invalid request: " + why);
    outlet.end(Optional.of(new Incoming.Invalid(Optional.of(request.id()), fault).answer()));
    return Optional.empty();
  }

  static Json.Obj message() {
    return Json.Obj.EMPTY.with("jsonrpc", "2.0");
  }
}
