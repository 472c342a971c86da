package initrunner.cli;

import initrunner.role.Role;
import initrunner.role.file.RoleEnvironment;
import initrunner.run.RoleSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// What a command serves to another program: a role, or a host without one.
final class RoleOrHostOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "ROLE",
      description = "The role: a YAML file, or a directory with agent.yaml or with role.yaml.")
  private @Nullable Path roleFile;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Serve this host instead: an alias of ~/.ssh/config, or user@hostname.")
  private @Nullable String host;

  @Option(names = "--cwd", paramLabel = "DIR", description = "With --host: where commands start.")
  private @Nullable String directory;

  /// Whether it is a host without a role.
  boolean isHost() {
    return host != null;
  }

  /// Reads the role, or makes that of the host.
  ///
  /// @param process the variables of this process
  /// @param ofHost makes the role of a host and a directory
  /// @throws ParameterException for options that contradict each other
  RoleSource source(
      Map<String, String> process, BiFunction<String, Optional<String>, Role> ofHost) {
    if (roleFile != null && host != null) {
      throw fault("both a role (" + roleFile + ") and --host are given; give one of them");
    }
    if (host == null && directory != null) {
      throw fault("--cwd is for --host; a role says it itself");
    }
    if (host != null) {
      return new RoleSource(checked(host, ofHost), "", RoleEnvironment.ofProcess(process));
    }
    if (roleFile == null) {
      throw fault("there is neither a role nor a --host");
    }
    String name = roleFile.toString();
    if (mayBeAHost(name) && Files.notExists(roleFile)) {
      throw fault("there is no role file " + name + "; if that is a host, write --host " + name);
    }
    return RoleSource.of(roleFile, process);
  }

  private Role checked(String name, BiFunction<String, Optional<String>, Role> ofHost) {
    try {
      return ofHost.apply(name, Optional.ofNullable(directory));
    } catch (IllegalArgumentException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  /// Whether a word that names no file looks like a host's name.
  static boolean mayBeAHost(String word) {
    return !word.contains("/") && !word.contains(".");
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
