package initrunner.cli;

import initrunner.exec.transport.SearchPath;
import initrunner.text.SafeText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What runs: the version of this build, and what it runs on. Stateless; reads a small file, and
/// starts no process.
final class Version {

  /// The directory of the build that runs, set by the start script.
  private static final String BUILD = "initrunner.build";

  /// The start script sets it to what `ssh -V` prints, where it is called for the version.
  private static final String SSH_VERSION = "initrunner.ssh.version";

  private static final int MOST_CHARACTERS = 200;

  private Version() {}

  /// Such as `initrunner 0.1.0` on the first line; then the commit that it was built from, the Java
  /// that runs it, and the OpenSSH client that it would use.
  static String text() {
    return String.join(
        "\n",
        "initrunner " + number(),
        "commit:  " + commit(),
        "runtime: Java "
            + property("java.runtime.version").orElse("?")
            + ", "
            + property("java.vendor").orElse("?")
            + ", "
            + shown(property("java.home").orElse("?")),
        "OpenSSH: " + client());
  }

  /// Such as `0.1.0`; classes outside of a jar have no version.
  static String number() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("(not packaged)");
  }

  private static String commit() {
    try {
      Optional<Path> build = property(BUILD).map(Path::of);
      return build.isEmpty()
          ? "unknown"
          : shown(Files.readString(build.get().resolve("commit")).strip());
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String client() {
    Optional<Path> ssh = SearchPath.find("ssh");
    if (ssh.isEmpty()) {
      return "no ssh on PATH; to work on hosts, install it (Debian: apt install openssh-client)";
    }
    return said().map(version -> version + ", ").orElse("") + shown(ssh.get().toString());
  }

  /// A script in place of `ssh` may say more than one line.
  private static Optional<String> said() {
    return property(SSH_VERSION)
        .flatMap(said ->
            said.lines()
                .filter(line -> line.startsWith("OpenSSH"))
                .map(Version::shown)
                .findFirst());
  }

  private static String shown(String text) {
    String line = text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) + "…" : text;
    return SafeText.oneLine(line);
  }

  private static Optional<String> property(String name) {
    return Optional.ofNullable(System.getProperty(name)).filter(value -> !value.isBlank());
  }
}
