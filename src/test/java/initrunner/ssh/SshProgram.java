package initrunner.ssh;

import initrunner.exec.transport.SearchPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// An `ssh` of our own in front of the real one, in a directory that a transport is given for its
/// search path.
public final class SshProgram {

  private final Path directory;

  /// @param directory an empty one
  private SshProgram(Path directory) {
    this.directory = directory;
  }

  /// One that writes down how it was called and then is the real one.
  static SshProgram recording(Path directory) throws IOException {
    return before(
        directory,
        """
        n=$(mktemp %1$s/call.XXXXXX)
        printf '%%s\\0' "$@" >"$n"
        env -0 >"$n.env"
        """
            .formatted(directory));
  }

  /// One that runs a piece of shell first.
  public static SshProgram before(Path directory, String script) throws IOException {
    Path program = directory.resolve("ssh");
    String real = SearchPath.find("ssh").orElseThrow().toString();
    Files.writeString(program, "#!/bin/sh\n" + script + "exec " + real + " \"$@\"\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new SshProgram(directory);
  }

  public String searchPath() {
    return directory.toString();
  }

  /// The arguments of each call.
  List<List<String>> calls() throws IOException {
    List<List<String>> all = new ArrayList<>();
    try (DirectoryStream<Path> calls = Files.newDirectoryStream(directory, "call.??????")) {
      for (Path call : calls) {
        all.add(parts(call));
      }
    }
    return all;
  }

  /// The arguments of the one call whose last argument ends like this.
  List<String> callOf(String end) throws IOException {
    List<List<String>> found =
        calls().stream()
            .filter(arguments -> !arguments.isEmpty() && arguments.getLast().endsWith(end))
            .toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " calls end with '" + end + "'");
    }
    return found.getFirst();
  }

  /// The environment of each call.
  List<Map<String, String>> environments() throws IOException {
    List<Map<String, String>> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.env")) {
      for (Path file : files) {
        Map<String, String> environment = new HashMap<>();
        for (String variable : parts(file)) {
          int equals = variable.indexOf('=');
          environment.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        all.add(environment);
      }
    }
    return all;
  }

  private static List<String> parts(Path file) throws IOException {
    String content = Files.readString(file, StandardCharsets.UTF_8);
    List<String> parts = new ArrayList<>(Arrays.asList(content.split("\0", -1)));
    parts.removeLast();
    return parts;
  }
}
