package initrunner.door.codex;

import initrunner.tool.policy.PathForms;

/// Maps Codex's working directory to the host's, and back. Codex takes the directory where it was
/// started on this machine for the one on the host. Any other path is the host's own. Immutable.
///
/// @param local Codex's working directory on this machine
/// @param host the directory on the host in its place
record LocalPaths(String local, String host) {

  /// The path on the host.
  String onHost(String path) {
    String plain = PathForms.plain(path);
    return PathForms.isBelow(plain, host) ? plain : moved(plain, local, host);
  }

  /// Codex's path for one of the host.
  String fromHost(String path) {
    return moved(path, host, local);
  }

  private static String moved(String path, String from, String to) {
    if (!PathForms.isBelow(path, from)) {
      return path;
    }
    String rest = path.substring(withoutSlash(from).length());
    return rest.isEmpty() ? to : withoutSlash(to) + rest;
  }

  private static String withoutSlash(String directory) {
    return directory.endsWith("/") ? directory.substring(0, directory.length() - 1) : directory;
  }
}
