package initrunner.door.codex;

import initrunner.door.jsonrpc.RpcException;
import initrunner.tool.policy.PathForms;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The sandbox that Codex asks for with a request, and expects the server to enforce
/// (`codex-rs/file-system`, `FileSystemSandboxContext`). The server enforces it for files; it
/// cannot hold commands to it. A rule that the server does not know counts as not permitted.
/// Immutable.
record CodexSandbox(boolean isRestricted, boolean deniesReading, List<Rule> rules) {

  private static final CodexSandbox NONE = new CodexSandbox(false, false, List.of());

  private static final CodexSandbox UNKNOWN = new CodexSandbox(true, true, List.of());

  /// @param path in the client's spelling
  record Rule(String path, boolean isWritable) {}

  CodexSandbox {
    rules = List.copyOf(rules);
  }

  static CodexSandbox of(Params params) throws RpcException {
    Optional<Params> sandbox = params.object("sandbox");
    Optional<Params> permissions = sandbox.flatMap(each -> each.object("permissions"));
    if (sandbox.isEmpty()) {
      return params.has("sandbox") ? UNKNOWN : NONE;
    }
    String type = permissions.isEmpty() ? "" : permissions.get().optionalText("type").orElse("");
    if (type.equals("disabled") || type.equals("external")) {
      return NONE;
    }
    Optional<Params> files = permissions.flatMap(each -> each.object("file_system"));
    boolean isOpen =
        files.isPresent() && files.get().optionalText("type").equals(Optional.of("unrestricted"));
    return isOpen
        ? new CodexSandbox(true, false, List.of(new Rule("/", true)))
        : restricted(sandbox.get(), files);
  }

  private static CodexSandbox restricted(Params sandbox, Optional<Params> files)
      throws RpcException {
    List<String> roots = new ArrayList<>();
    for (String uri : sandbox.textsOr("workspaceRoots", sandbox.optionalText("cwd"))) {
      roots.add(FileUri.path(uri));
    }
    List<Rule> rules = new ArrayList<>();
    boolean denies = files.isEmpty();
    for (Params entry : files.map(each -> each.objects("entries")).orElse(List.of())) {
      String access = entry.optionalText("access").orElse("");
      boolean isKnown = access.equals("read") || access.equals("write");
      denies |= !isKnown;
      for (String path : paths(entry, roots)) {
        rules.add(new Rule(path, access.equals("write")));
      }
    }
    return new CodexSandbox(true, denies, rules);
  }

  private static List<String> paths(Params entry, List<String> roots) throws RpcException {
    Optional<Params> path = entry.object("path");
    String type = path.isEmpty() ? "" : path.get().optionalText("type").orElse("");
    if (type.equals("path")) {
      return List.of(FileUri.path(path.get().text("path")));
    }
    Optional<Params> special = path.flatMap(each -> each.object("value"));
    String kind = special.isEmpty() ? "" : special.get().optionalText("kind").orElse("");
    if (kind.equals("root")) {
      return List.of("/");
    }
    if (kind.equals("project_roots")) {
      String below = special.get().optionalText("subpath").map(each -> "/" + each).orElse("");
      return roots.stream().map(root -> PathForms.plain(root + below)).toList();
    }
    return List.of();
  }

  /// Refuses to read if the sandbox keeps any file from being read: this program does not compare
  /// paths with such rules.
  void requireReadable() throws RpcException {
    if (deniesReading) {
      throw refused("keeps some files from being read, which is not supported on a host");
    }
  }

  /// @param path in the client's spelling
  void requireWritable(String path) throws RpcException {
    requireReadable();
    boolean isWritable =
        !isRestricted
            || rules.stream()
                .filter(rule -> PathForms.isBelow(path, rule.path()))
                .max(Comparator.comparingInt(rule -> rule.path().length()))
                .filter(Rule::isWritable)
                .isPresent();
    if (!isWritable) {
      throw refused("does not let '" + path + "' be written");
    }
  }

  private static RpcException refused(String why) {
    return new RpcException(RpcException.INVALID_REQUEST, "Codex's sandbox " + why);
  }
}
