package initrunner.door.jsonrpc;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/// One request under way, on a virtual thread of its own. Safe for many threads.
public final class Exchange {

  private final Incoming.Request request;
  private final Exchanges client;
  private final Outlet outlet;
  private volatile boolean cancelled;
  private volatile Optional<Thread> thread = Optional.empty();

  Exchange(Incoming.Request request, Exchanges client, Outlet outlet) {
    this.request = request;
    this.client = client;
    this.outlet = outlet;
  }

  public Incoming.Request request() {
    return request;
  }

  /// Sends a notification that belongs to the request; none after it is cancelled.
  public void notify(String method, Json.Obj params) {
    if (!cancelled) {
      outlet.send(Exchanges.message().with("method", method).with("params", params));
    }
  }

  /// Asks the client, and blocks for its answer.
  ///
  /// @return its result; empty if it answers with an error, or not in time
  public Optional<Json.Obj> ask(String method, Json.Obj params, Duration patience)
      throws InterruptedException {
    return client.ask(
        outlet, Json.Obj.EMPTY.with("method", method).with("params", params), patience);
  }

  /// Interrupts the thread of the request. From then on nothing is sent for it.
  public void cancel() {
    cancelled = true;
    thread.ifPresent(Thread::interrupt);
  }

  void run(Server server) {
    thread = Optional.of(Thread.currentThread());
    if (cancelled) {
      Thread.currentThread().interrupt();
    }
    try {
      Json.Obj answer = answer(server);
      outlet.end(cancelled ? Optional.empty() : Optional.of(answer));
    } finally {
      client.finished(this);
    }
  }

  private Json.Obj answer(Server server) {
    Json.Obj answer = Exchanges.message().with("id", request.id());
    try {
      return answer.with("result", server.answer(this));
    } catch (RpcException e) {
      return answer.with("error", e.error());
    } catch (InterruptedException e) {
      cancelled = true;
      return answer;
    } catch (RuntimeException | Error e) {
      return answer.with("error", internal(e));
    } finally {
      client.answered(this);
    }
  }

  /// Blocks until the request has ended, at most this long.
  void join(Duration patience) throws InterruptedException {
    if (thread.isPresent()) {
      thread.get().join(patience);
    }
  }

  /// The client gets no more than the kind of failure: its text may repeat a secret.
  private Json.Obj internal(Throwable failure) {
    System.getLogger(Exchange.class.getName())
        .log(Level.ERROR, () -> "A request failed: " + request.method(), failure);
    String kind = failure.getClass().getSimpleName();
    return new RpcException(RpcException.INTERNAL_ERROR, "Internal error: " + kind).error();
  }
}
