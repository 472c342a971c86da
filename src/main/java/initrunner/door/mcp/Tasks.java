package initrunner.door.mcp;

import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Calls of one client that go on behind their answer (MCP 2025-11-25, `tasks`): the client asks
/// how they are, and fetches their results. They end with this process.
///
/// Safe for many threads. Its monitor guards which tasks there are; no thread waits while it holds
/// it.
final class Tasks {

  private static final int MOST = 64;
  private static final Duration MOST_KEPT = Duration.ofHours(1);
  private static final long POLL_MILLISECONDS = 1000;
  private static final int ID_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String RELATED = "io.modelcontextprotocol/related-task";

  private final Map<String, Task> tasks = new LinkedHashMap<>();

  /// Makes a call. Blocks until it is over; an interrupt stops it.
  @FunctionalInterface
  interface Making {
    Json.Obj make() throws InterruptedException;
  }

  /// @param kept how long it is known, from its beginning
  private record Task(
      String id, Instant begin, Duration kept, Thread thread, CompletableFuture<Json.Obj> result) {

    boolean isOver() {
      return result.isDone();
    }

    String status() {
      return switch (result.state()) {
        case RUNNING -> "working";
        case SUCCESS ->
            result.resultNow().get("isError").equals(Optional.of(new Json.Bool(true)))
                ? "failed"
                : "completed";
        case FAILED -> "failed";
        case CANCELLED -> "cancelled";
      };
    }

    Json.Obj told() {
      return Json.Obj.EMPTY
          .with("taskId", id)
          .with("status", status())
          .with("createdAt", begin.toString())
          .with("lastUpdatedAt", Instant.now().toString())
          .with("ttl", kept.toMillis())
          .with("pollInterval", POLL_MILLISECONDS);
    }
  }

  /// What a client may do with tasks.
  static Json.Obj capability() {
    return Json.Obj.EMPTY
        .with("list", Json.Obj.EMPTY)
        .with("cancel", Json.Obj.EMPTY)
        .with(
            "requests", Json.Obj.EMPTY.with("tools", Json.Obj.EMPTY.with("call", Json.Obj.EMPTY)));
  }

  /// Makes a call behind its answer.
  ///
  /// @param wished what the client says of the task
  /// @return the answer: the task
  /// @throws RpcException if there are too many
  Json.Obj start(Json.Obj wished, Making making) throws RpcException {
    Duration kept =
        wished
            .get("ttl")
            .flatMap(ttl ->
                ttl instanceof Json.Num(String digits) && digits.matches("[0-9]{1,9}")
                    ? Optional.of(Duration.ofMillis(Long.parseLong(digits)))
                    : Optional.empty())
            .filter(ttl -> ttl.compareTo(MOST_KEPT) < 0)
            .orElse(MOST_KEPT);
    CompletableFuture<Json.Obj> result = new CompletableFuture<>();
    Thread thread = Thread.ofVirtual().name("mcp-task").unstarted(() -> run(making, result));
    Task task = started(new Task(newId(), Instant.now(), kept, thread, result));
    return Json.Obj.EMPTY.with("task", task.told());
  }

  private static void run(Making making, CompletableFuture<Json.Obj> result) {
    try {
      result.complete(making.make());
    } catch (InterruptedException cancelled) {
      boolean ignored = result.cancel(false);
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
  }

  private static String newId() {
    byte[] bytes = new byte[ID_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Of very many, those that ended first are forgotten.
  private synchronized Task started(Task task) throws RpcException {
    forgetOld();
    if (tasks.size() >= MOST) {
      tasks.values().stream()
          .filter(Task::isOver)
          .findFirst()
          .ifPresent(over -> tasks.remove(over.id()));
    }
    if (tasks.size() >= MOST) {
      throw RpcException.invalidParams(MOST + " tasks run already; wait for the end of one");
    }
    tasks.put(task.id(), task);
    task.thread().start();
    return task;
  }

  /// One that runs is known until its end.
  private synchronized void forgetOld() {
    Instant now = Instant.now();
    tasks.values().removeIf(task -> task.isOver() && task.begin().plus(task.kept()).isBefore(now));
  }

  private synchronized Task found(Json.Obj params) throws RpcException {
    forgetOld();
    Optional<Task> task = params.text("taskId").map(tasks::get);
    return task.orElseThrow(
        () -> RpcException.invalidParams("'taskId' names no task; tasks/list has them"));
  }

  private synchronized List<Task> all() {
    forgetOld();
    return List.copyOf(tasks.values());
  }

  /// How a task is.
  Json.Obj get(Json.Obj params) throws RpcException {
    return found(params).told();
  }

  Json.Obj list() {
    return Json.Obj.EMPTY.with(
        "tasks", new Json.Arr(all().stream().<Json>map(Task::told).toList()));
  }

  /// The result of the call. Blocks until it is over; an interrupt ends the wait alone.
  Json.Obj result(Json.Obj params) throws RpcException, InterruptedException {
    Task task = found(params);
    try {
      Json.Obj result = task.result().get();
      Json.Obj meta = result.object("_meta").orElse(Json.Obj.EMPTY);
      return result.with("_meta", meta.with(RELATED, Json.Obj.EMPTY.with("taskId", task.id())));
    } catch (ExecutionException | CancellationException e) {
      throw RpcException.invalidParams("the task was cancelled, or failed: it has no result");
    }
  }

  /// Stops a task's command.
  Json.Obj cancel(Json.Obj params) throws RpcException {
    Task task = found(params);
    boolean isCancelled = task.result().cancel(false);
    if (!isCancelled) {
      throw RpcException.invalidParams("the task is over already: " + task.status());
    }
    task.thread().interrupt();
    return task.told();
  }
}
