package initrunner.cli.options;

import initrunner.role.Role;
import initrunner.role.file.RoleEnvironment;
import initrunner.run.RoleSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// The role, or the host without one, that a command line names.
///
/// @param spec of the command, for its faults
/// @param directory where commands start on the host; for a host only
public record RoleOrHost(
    CommandSpec spec, Optional<Path> role, Optional<String> host, Optional<String> directory) {

  /// Reads the role, or makes that of the host.
  ///
  /// @param process the variables of this process
  /// @param ofHost makes the role of a host and a directory
  /// @throws ParameterException for words that contradict each other
  public RoleSource source(
      Map<String, String> process, BiFunction<String, Optional<String>, Role> ofHost) {
    if (role.isPresent() && host.isPresent()) {
      throw fault("both a role (" + role.get() + ") and --host are given; give one of them");
    }
    if (host.isEmpty() && directory.isPresent()) {
      throw fault("--cwd is for --host; a role says it itself");
    }
    if (host.isPresent()) {
      return new RoleSource(checked(host.get(), ofHost), "", RoleEnvironment.ofProcess(process));
    }
    if (role.isEmpty()) {
      throw fault("there is neither a role nor a --host");
    }
    String name = role.get().toString();
    if (mayBeAHost(name) && Files.notExists(role.get())) {
      throw fault("there is no role file " + name + "; if that is a host, write --host " + name);
    }
    return RoleSource.of(role.get(), process);
  }

  private Role checked(String name, BiFunction<String, Optional<String>, Role> ofHost) {
    try {
      return ofHost.apply(name, directory);
    } catch (IllegalArgumentException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  /// Whether a word that names no file looks like a host's name.
  public static boolean mayBeAHost(String word) {
    return !word.contains("/") && !word.contains(".");
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
