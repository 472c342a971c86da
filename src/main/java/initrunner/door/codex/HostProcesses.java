package initrunner.door.codex;

import initrunner.door.jsonrpc.Connection;
import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import initrunner.exec.Ended;
import initrunner.exec.Outcome;
import initrunner.exec.RemedyException;
import initrunner.exec.Stdin;
import initrunner.exec.transport.Pipe;
import initrunner.exec.transport.Uninterrupted;
import initrunner.role.Role;
import initrunner.runtime.HostAccess;
import initrunner.runtime.HostAccess.Permit;
import initrunner.tool.ProcessTool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/// The processes of one client (`process/start`, `read`, `write`, `signal`, `terminate`). Safe for
/// many threads.
final class HostProcesses {

  private static final int MOST_PROCESSES = 256;

  /// How many that have ended a client can still read.
  private static final int MOST_ENDED = 32;

  private final Connection connection;
  private final PermittedCalls calls;
  private final Semaphore slots;
  private final Set<String> versions;
  private final ReentrantLock lock = new ReentrantLock();

  /// Guarded by the lock, in the order of their starts.
  private final SequencedMap<String, HostProcess> processes = new LinkedHashMap<>();

  private final List<Thread> runners = new ArrayList<>();
  private boolean closed;

  /// @param versions of Codex to accept beside the known one
  HostProcesses(Connection connection, PermittedCalls calls, Role role, Set<String> versions) {
    this.versions = Set.copyOf(versions);
    this.connection = connection;
    this.calls = calls;
    this.slots = new Semaphore(role.execution().maxConcurrency().orElse(Integer.MAX_VALUE));
  }

  /// Starts a process, once the role and, where the role wants one, a person permit it.
  ///
  /// @param directory of the host
  Json.Obj start(Params params, String directory) throws RpcException, InterruptedException {
    String id = params.text("processId");
    List<String> argv = params.texts("argv");
    if (argv.isEmpty() || argv.getFirst().isEmpty()) {
      throw RpcException.invalidParams("'argv' must not be empty");
    }
    requirePlain(params);
    CodexVersion.requireKnown(params.map("env"), versions);
    Map<String, String> environment = CodexVariables.of(params);
    boolean isSandboxed = isSandboxed(params);
    boolean isPiped = params.flag("pipeStdin", false);
    Optional<Pipe> input = isPiped ? Optional.of(new Pipe()) : Optional.empty();
    HostProcess process = new HostProcess(id, connection, input);
    add(id, process);
    try {
      Permit.Ready permit =
          permit(
              process,
              ProcessTool.arguments(
                  argv, Optional.of(directory), CodexVariables.unusual(environment)));
      if (isSandboxed) {
        calls.access().refuse(permit, "client_sandbox");
        process.denied(
            "nothing was run: Codex's own sandbox is not on "
                + calls.access().host()
                + ". Run the command without it, or start Codex with sandbox_mode ="
                + " \"danger-full-access\" and approval_policy = \"untrusted\"");
      } else {
        begin(process, permit, environment);
      }
    } catch (RpcException | InterruptedException | RuntimeException e) {
      remove(id);
      throw e;
    }
    return Json.Obj.EMPTY.with("processId", id);
  }

  /// What cannot be enforced is not run. Codex then asks its user whether to run it without.
  private static boolean isSandboxed(Params params) throws RpcException {
    return CodexSandbox.of(params).isRestricted()
        || params.flag("enforceManagedNetwork", false)
        || params.has("managedNetwork")
        || params.has("networkProxy");
  }

  private void requirePlain(Params params) throws RpcException {
    String host = calls.access().host();
    if (params.flag("tty", false)) {
      throw new RpcException(
          RpcException.INVALID_REQUEST,
          "there is no terminal (tty) on " + host + ": start the command without one");
    }
    Optional<String> name = params.optionalText("arg0");
    if (name.isPresent()) {
      throw new RpcException(
          RpcException.INVALID_REQUEST,
          "a process on " + host + " cannot be started under another name ('arg0')");
    }
  }

  private Permit.Ready permit(HostProcess process, Map<String, Object> given)
      throws RpcException, InterruptedException {
    Json.Obj arguments = Json.Obj.EMPTY;
    for (Map.Entry<String, Object> each : given.entrySet()) {
      arguments = arguments.with(each.getKey(), each.getValue().toString());
    }
    boolean ignored = process.runsOn(Thread.currentThread());
    try {
      return calls.toChange(HostAccess.PROCESS, arguments, process::say);
    } catch (InterruptedException e) {
      if (process.isUnwanted()) {
        throw new RpcException(
            RpcException.INVALID_REQUEST, "the process was ended before a person approved it");
      }
      throw e;
    }
  }

  private void begin(HostProcess process, Permit.Ready permit, Map<String, String> environment)
      throws RpcException {
    Thread runner =
        Thread.ofVirtual().name("process").unstarted(() -> run(process, permit, environment));
    lock.lock();
    try {
      boolean isWanted = process.runsOn(runner);
      if (closed || !isWanted) {
        throw new RpcException(RpcException.INVALID_REQUEST, "the process was ended already");
      }
      runners.removeIf(each -> each.getState() == Thread.State.TERMINATED);
      runners.add(runner);
      runner.start();
    } finally {
      lock.unlock();
    }
  }

  private void run(HostProcess process, Permit.Ready permit, Map<String, String> environment) {
    Optional<Ended> how = Optional.empty();
    try {
      slots.acquire();
      try {
        how = Optional.of(outcome(process, permit, environment).ended());
      } finally {
        slots.release();
      }
    } catch (RemedyException e) {
      process.say(HostProcess.words(e));
    } catch (InterruptedException e) {
      process.say("ended before it was started");
    } finally {
      // The client is told although the process was interrupted.
      boolean ignored = Thread.interrupted();
      process.ended(how);
    }
  }

  private Outcome outcome(
      HostProcess process, Permit.Ready permit, Map<String, String> environment) {
    Stdin stdin = process.input().<Stdin>map(Stdin.Stream::new).orElseGet(Stdin::nothing);
    return calls.access().run(permit, environment, stdin, process);
  }

  private void add(String id, HostProcess process) throws RpcException {
    lock.lock();
    try {
      long running = processes.values().stream().filter(each -> !each.hasEnded()).count();
      if (processes.containsKey(id)) {
        throw new RpcException(RpcException.INVALID_REQUEST, "process " + id + " already exists");
      }
      if (running >= MOST_PROCESSES) {
        throw new RpcException(
            RpcException.INVALID_REQUEST,
            "more than " + MOST_PROCESSES + " processes are running; end some of them");
      }
      forgetOldest();
      processes.put(id, process);
    } finally {
      lock.unlock();
    }
  }

  private void forgetOldest() {
    List<String> ended =
        processes.entrySet().stream()
            .filter(each -> each.getValue().hasEnded())
            .map(Map.Entry::getKey)
            .toList();
    ended.stream().limit(Math.max(0, ended.size() - MOST_ENDED)).forEach(processes::remove);
  }

  private void remove(String id) {
    lock.lock();
    try {
      processes.remove(id);
    } finally {
      lock.unlock();
    }
  }

  private Optional<HostProcess> find(Params params) throws RpcException {
    String id = params.text("processId");
    lock.lock();
    try {
      return Optional.ofNullable(processes.get(id));
    } finally {
      lock.unlock();
    }
  }

  Json.Obj read(Params params) throws RpcException, InterruptedException {
    HostProcess process =
        find(params)
            .orElseThrow(() -> new RpcException(RpcException.INVALID_REQUEST, unknown(params)));
    return process.read(
        params.number("afterSeq", 0),
        params.number("maxBytes", Long.MAX_VALUE),
        Duration.ofMillis(Math.min(params.number("waitMs", 0), Integer.MAX_VALUE)));
  }

  private static String unknown(Params params) {
    return "unknown process id " + params.members().text("processId").orElse("");
  }

  Json.Obj write(Params params) throws RpcException, InterruptedException {
    byte[] bytes = params.bytes("chunk");
    Optional<HostProcess> process = find(params);
    if (process.isEmpty()) {
      return status("unknownProcess");
    }
    Optional<Pipe> input = process.get().input();
    return status(input.isPresent() && input.get().write(bytes) ? "accepted" : "stdinClosed");
  }

  private static Json.Obj status(String status) {
    return Json.Obj.EMPTY.with("status", status);
  }

  /// There is no way to send one signal to a command, so it is stopped.
  Json.Obj signal(Params params) throws RpcException {
    String signal = params.text("signal");
    if (!signal.equals("interrupt")) {
      throw RpcException.invalidParams("'signal' must be \"interrupt\"");
    }
    HostProcess process =
        find(params)
            .orElseThrow(() -> new RpcException(RpcException.INVALID_REQUEST, unknown(params)));
    boolean ignored = process.terminate();
    return Json.Obj.EMPTY;
  }

  Json.Obj terminate(Params params) throws RpcException {
    return Json.Obj.EMPTY.with("running", find(params).map(HostProcess::terminate).orElse(false));
  }

  /// Stops all processes, and blocks until each has ended and what is known of it is recorded. The
  /// interrupt flag is set again.
  void close() {
    List<Thread> left;
    lock.lock();
    try {
      closed = true;
      processes.values().forEach(HostProcess::terminate);
      left = List.copyOf(runners);
    } finally {
      lock.unlock();
    }
    left.forEach(Uninterrupted::join);
  }
}
