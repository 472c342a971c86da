package initrunner.cli.options;

import initrunner.role.Role;
import initrunner.run.RoleSource;
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
public final class RoleOrHostOptions {

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
  public boolean isHost() {
    return host != null;
  }

  /// Reads the role, or makes that of the host.
  ///
  /// @param process the variables of this process
  /// @param ofHost makes the role of a host and a directory
  /// @throws ParameterException for options that contradict each other
  public RoleSource source(
      Map<String, String> process, BiFunction<String, Optional<String>, Role> ofHost) {
    return new RoleOrHost(
            spec,
            Optional.ofNullable(roleFile),
            Optional.ofNullable(host),
            Optional.ofNullable(directory))
        .source(process, ofHost);
  }
}
