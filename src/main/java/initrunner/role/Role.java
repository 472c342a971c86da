package initrunner.role;

import initrunner.role.model.ModelSettings;
import initrunner.role.model.Provider;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.tools.ToolGrant;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One role file as values: who the agent is, which model it uses, which tools it has, where they
/// run, and when it must stop. Immutable.
///
/// @param file the absolute path of the file it was loaded from; relative paths in the role are
///   relative to its directory
/// @param prompt the system prompt (`spec.role`)
/// @param model empty where the role names none
/// @param tools in the role's order
/// @param withoutEffect paths of the keys of other programs, which have no effect here
public record Role(
    Path file,
    Metadata metadata,
    String prompt,
    Optional<ModelSettings> model,
    List<ToolGrant> tools,
    Security security,
    Guardrails guardrails,
    Execution execution,
    List<String> withoutEffect) {

  public Role {
    tools = List.copyOf(tools);
    withoutEffect = List.copyOf(withoutEffect);
  }

  /// A role whose keys all have an effect.
  public Role(
      Path file,
      Metadata metadata,
      String prompt,
      Optional<ModelSettings> model,
      List<ToolGrant> tools,
      Security security,
      Guardrails guardrails,
      Execution execution) {
    this(file, metadata, prompt, model, tools, security, guardrails, execution, List.of());
  }

  /// Where tool calls run, and how contained.
  public SandboxSettings sandbox() {
    return security.sandbox();
  }

  /// The variables with keys of models, which no command gets and no output shows: the role's own,
  /// and those of the providers, since a run may use another model. Without the providers' in
  /// `env_allowlist`.
  public List<String> keyVariables() {
    List<String> allowed = security.sensitiveNames().allowed().orElse(List.of());
    return Stream.concat(
            model.flatMap(ModelSettings::apiKeyEnv).stream(),
            Stream.of(Provider.values())
                .flatMap(provider -> provider.keyVariable().stream())
                .filter(name -> !allowed.contains(name))
                .sorted())
        .distinct()
        .toList();
  }

  /// The names of its sandboxes, the default first; empty where it has one without a name.
  public List<String> sandboxNames() {
    String byDefault = security.sandboxes().byDefault();
    return Stream.concat(
            Stream.of(byDefault).filter(name -> !name.isEmpty()),
            security.sandboxes().all().keySet().stream().filter(name -> !name.equals(byDefault)))
        .toList();
  }

  /// The same with one of its sandboxes alone, and the tools that it has there.
  ///
  /// @param name one of [#sandboxNames]
  public Role at(String name) {
    boolean isDefault = name.equals(security.sandboxes().byDefault());
    return new Role(
        file,
        metadata,
        prompt,
        model,
        tools.stream().filter(grant -> grant.isAt(name, isDefault)).toList(),
        security.at(name),
        guardrails,
        execution,
        withoutEffect);
  }

  /// The same on another host, for a role of `backend: ssh`.
  public Role onHost(String host) {
    return new Role(
        file,
        metadata,
        prompt,
        model,
        tools,
        security.onHost(host),
        guardrails,
        execution,
        withoutEffect);
  }

  /// The same with another prompt.
  public Role withPrompt(String other) {
    return new Role(
        file, metadata, other, model, tools, security, guardrails, execution, withoutEffect);
  }
}
