package initrunner.cli.options;

import initrunner.role.Role;
import initrunner.role.sandbox.NamedSandboxes;
import initrunner.run.RoleSource;
import initrunner.runtime.RoleHost;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Which of a role's sandboxes a command works in.
public final class SandboxOption {

  /// Its name.
  public static final String NAME = "--sandbox";

  /// What it does, for the help.
  public static final String DESCRIPTION =
      "Which of the role's sandboxes (default: its default; of doctor and jobs list: each).";

  /// The fault of one without a role.
  public static final String WITHOUT_ROLE = "--sandbox needs a role; a host has no sandboxes";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = NAME, paramLabel = "NAME", description = DESCRIPTION)
  private @Nullable String name;

  /// The role with that sandbox alone.
  ///
  /// @throws ParameterException if it has none of that name
  public RoleSource in(RoleSource source) {
    return in(spec, source, Optional.ofNullable(name));
  }

  /// The names of a role's sandboxes that are on hosts.
  public static List<String> onHosts(Role role) {
    return role.sandboxNames().stream()
        .filter(name -> RoleHost.of(role.at(name)).host().isPresent())
        .toList();
  }

  /// The role with that sandbox alone; without the option, with each of them.
  ///
  /// @throws ParameterException if it has none of that name
  public List<RoleSource> inEach(RoleSource source) {
    List<String> known = source.role().sandboxNames();
    return known.isEmpty() || isGiven()
        ? List.of(in(source))
        : known.stream().map(source::at).toList();
  }

  /// Whether it is given.
  public boolean isGiven() {
    return name != null;
  }

  /// The same for a command that declares the option itself.
  ///
  /// @param name as given
  public static RoleSource in(CommandSpec spec, RoleSource source, Optional<String> name) {
    List<String> known = source.role().sandboxNames();
    if (name.isPresent() && !known.contains(name.get())) {
      throw new ParameterException(
          spec.commandLine(),
          source.isOfHost()
              ? WITHOUT_ROLE
              : known.isEmpty()
                  ? "--sandbox is '" + name.get() + "', and the role has one sandbox without a name"
                  : "--sandbox " + NamedSandboxes.unknown(name.get(), known));
    }
    return known.isEmpty() ? source : source.at(name.orElse(known.getFirst()));
  }
}
