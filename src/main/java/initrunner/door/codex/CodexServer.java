package initrunner.door.codex;

import initrunner.door.jsonrpc.Connection;
import initrunner.door.jsonrpc.Exchange;
import initrunner.door.jsonrpc.Incoming;
import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import initrunner.door.jsonrpc.Server;
import initrunner.exec.RemedyException;
import initrunner.role.Role;
import initrunner.run.TerminalApproval;
import initrunner.run.WaitingCalls;
import initrunner.runtime.HostAccess;
import initrunner.runtime.RoleHost;
import initrunner.runtime.RoleRuntime;
import initrunner.text.SafeText;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A host as the environment of one Codex (its exec-server protocol, as Codex 0.169.0 speaks it:
/// openai/codex, `codex-rs/exec-server-protocol`). Codex's shell and file tools then act on the
/// host. Safe for many threads.
public final class CodexServer implements Server, AutoCloseable {

  private static final int MOST_NAME_CHARACTERS = 100;

  /// Shells that Codex knows, by their names.
  private static final Set<String> SHELLS = Set.of("bash", "zsh", "sh");

  private static final Set<String> CHANGING =
      Set.of("fs/writeFile", "fs/createDirectory", "fs/remove", "fs/copy");

  private final Connection connection;
  private final RoleRuntime runtime;
  private final Role role;
  private final Setting setting;
  private final String local;
  private volatile Optional<Session> session = Optional.empty();
  private volatile boolean initialized;

  /// What there is once the client has said its name.
  private record Session(HostAccess access, HostProcesses processes, HostFiles files) {}

  /// What this machine gives a server.
  ///
  /// @param waiting where calls wait for a person's answer from a terminal
  /// @param local the client's working directory on this machine, for which the host's stands
  /// @param versions of Codex to accept beside the known one
  public record Setting(WaitingCalls waiting, Path local, Set<String> versions) {

    public Setting {
      versions = Set.copyOf(versions);
    }
  }

  public CodexServer(Connection connection, RoleRuntime runtime, Role role, Setting setting) {
    this.connection = connection;
    this.runtime = runtime;
    this.role = role;
    this.setting = setting;
    this.local = setting.local().toString();
  }

  @Override
  public void received(Incoming.Request request) {}

  @Override
  public void take(Incoming.Notification notification) {
    if (notification.method().equals("initialized")) {
      initialized = true;
    }
  }

  @Override
  public Json.Obj answer(Exchange exchange) throws RpcException, InterruptedException {
    try {
      return answered(exchange);
    } catch (RemedyException e) {
      throw new RpcException(RpcException.INTERNAL_ERROR, HostProcess.words(e));
    }
  }

  private Json.Obj answered(Exchange exchange) throws RpcException, InterruptedException {
    String method = exchange.request().method();
    Params params = new Params(exchange.request().params());
    if (method.equals("initialize")) {
      return initialize(params);
    }
    Session here =
        session
            .filter(_ -> initialized)
            .orElseThrow(() ->
                new RpcException(
                    RpcException.INVALID_REQUEST,
                    "the client must send initialize and initialized before " + method));
    if (method.startsWith("process/")) {
      return process(here, method, params);
    }
    if (method.startsWith("fs/")) {
      return file(here, method, params);
    }
    return switch (method) {
      case "environment/info" -> info(here);
      case "http/request" ->
          throw new RpcException(
              RpcException.METHOD_NOT_FOUND,
              "http/request is not served: requests to the network are commands on the host");
      default -> throw RpcException.methodNotFound(method);
    };
  }

  /// The protocol has no version yet: a client that names one speaks another.
  private synchronized Json.Obj initialize(Params params) throws RpcException {
    for (String member : Set.of("protocolVersion", "version")) {
      if (params.members().get(member).isPresent()) {
        throw RpcException.invalidParams(
            "the client asks for a version of the exec-server protocol ('"
                + member
                + "'); this server speaks the one of Codex 0.169.0, which has no versions");
      }
    }
    if (session.isPresent()) {
      throw new RpcException(
          RpcException.INVALID_REQUEST, "initialize may only be sent once per connection");
    }
    if (params.optionalText("resumeSessionId").isPresent()) {
      throw new RpcException(
          RpcException.INVALID_REQUEST,
          "there is no session to resume: a session ends with its connection");
    }
    String name = SafeText.oneLine(SafeText.cut(params.text("clientName"), MOST_NAME_CHARACTERS));
    HostAccess access = runtime.hostWork().access(name);
    PermittedCalls calls =
        new PermittedCalls(
            access,
            role,
            new TerminalApproval(setting.waiting(), RoleHost.of(role), role.guardrails().timeout()),
            name);
    session =
        Optional.of(
            new Session(
                access,
                new HostProcesses(connection, calls, role, setting.versions()),
                new HostFiles(calls)));
    return Json.Obj.EMPTY.with("sessionId", UUID.randomUUID().toString());
  }

  private LocalPaths paths(Session here) throws InterruptedException {
    return new LocalPaths(local, here.access().place().directory());
  }

  private String onHost(Session here, Params params, String name)
      throws RpcException, InterruptedException {
    return paths(here).onHost(FileUri.path(params.text(name)));
  }

  /// Where the host does not answer, `sh` is named: every host has it.
  private Json.Obj info(Session here) throws InterruptedException {
    String shell;
    try {
      shell = here.access().place().shell();
    } catch (RemedyException e) {
      shell = "";
    }
    String name = shell.substring(shell.lastIndexOf('/') + 1);
    boolean isKnown = SHELLS.contains(name) && shell.startsWith("/");
    return Json.Obj.EMPTY
        .with(
            "shell",
            Json.Obj.EMPTY
                .with("name", isKnown ? name : "sh")
                .with("path", isKnown ? shell : "/bin/sh"))
        .with("cwd", FileUri.of(local));
  }

  private Json.Obj process(Session here, String method, Params params)
      throws RpcException, InterruptedException {
    HostProcesses processes = here.processes();
    return switch (method) {
      case "process/start" -> processes.start(params, onHost(here, params, "cwd"));
      case "process/read" -> processes.read(params);
      case "process/write" -> processes.write(params);
      case "process/signal" -> processes.signal(params);
      case "process/terminate" -> processes.terminate(params);
      default -> throw RpcException.methodNotFound(method);
    };
  }

  private Json.Obj file(Session here, String method, Params params)
      throws RpcException, InterruptedException {
    HostFiles files = here.files();
    CodexSandbox sandbox = CodexSandbox.of(params);
    if (CHANGING.contains(method)) {
      String changed = method.equals("fs/copy") ? "destinationPath" : "path";
      sandbox.requireWritable(FileUri.path(params.text(changed)));
    } else {
      sandbox.requireReadable();
    }
    return switch (method) {
      case "fs/readFile" -> files.read(onHost(here, params, "path"), params);
      case "fs/open" -> files.open(onHost(here, params, "path"), params);
      case "fs/readBlock" -> files.readBlock(params);
      case "fs/close" -> files.close(params);
      case "fs/writeFile" -> files.write(onHost(here, params, "path"), params);
      case "fs/createDirectory" -> files.makeDirectory(onHost(here, params, "path"), params);
      case "fs/getMetadata" -> files.metadata(onHost(here, params, "path"), params);
      case "fs/canonicalize" ->
          Json.Obj.EMPTY.with(
              "path",
              FileUri.of(paths(here).fromHost(files.resolved(onHost(here, params, "path")))));
      case "fs/readDirectory" -> files.list(onHost(here, params, "path"));
      case "fs/walk" ->
          files.walk(
              onHost(here, params, "path"),
              params.text("path"),
              params.object("options").orElse(new Params(Json.Obj.EMPTY)));
      case "fs/remove" -> files.remove(onHost(here, params, "path"), params);
      case "fs/copy" ->
          files.copy(
              onHost(here, params, "sourcePath"), onHost(here, params, "destinationPath"), params);
      default -> throw RpcException.methodNotFound(method);
    };
  }

  /// Stops all processes of the client, and blocks until each has ended.
  @Override
  public void close() {
    session.ifPresent(here -> here.processes().close());
  }
}
