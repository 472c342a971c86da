package initrunner.role;

import initrunner.role.Security.RecordedContents;
import initrunner.role.Security.SensitiveNames;
import initrunner.role.sandbox.NamedSandboxes;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.schema.type.Choice;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Flag;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.type.Whole;
import initrunner.schema.yaml.YamlValue;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What contains the agent (`spec.security`).
///
/// @param sandbox of several, the default one
/// @param sandboxName which of several it is; empty where there is one without a name
/// @param sandboxes all, where there are several
public record Security(
    SandboxSettings sandbox,
    Optional<String> sandboxName,
    NamedSandboxes sandboxes,
    SensitiveNames sensitiveNames,
    ContentRules content,
    RecordedContents recorded) {

  private static final String OF_PYTHON =
      "is for tools written in Python, which this version does not have; remove it. It is not"
          + " sandbox.%s, which gives commands more of this machine";

  private static final Field<Optional<Preset>> PRESET =
      Field.optional("preset", Choice.of(Preset.values()), "Defaults for the sections below.");

  private static final Field<SandboxSettings> SANDBOX =
      Field.of(
          "sandbox", SandboxSettings.SECTION, SandboxSettings.DEFAULT, "Where and how tools run.");

  private static final Section<SensitiveNames> TOOLS =
      Section.of(f ->
              new SensitiveNames(
                  words(
                      f,
                      "sensitive_env_prefixes",
                      "Prefixes of the names of variables that no tool gets."),
                  words(
                      f,
                      "sensitive_env_suffixes",
                      "Suffixes of the names of variables that no tool gets."),
                  words(f, "env_allowlist", "Names of variables that tools get nevertheless.")))
          .refusing(
              """
              allowed_custom_modules blocked_custom_modules mcp_command_allowlist restrict_db_paths
              audit_hooks_enabled allowed_network_hosts block_private_ips allow_subprocess
              allow_eval_exec sandbox_violation_action
              """,
              "is not available in this version; remove it")
          .refusing("allowed_read_paths", OF_PYTHON.formatted("allowed_read_paths"))
          .refusing("allowed_write_paths", OF_PYTHON.formatted("allowed_write_paths"));

  private static final Section<RecordedContents> AUDIT =
      Section.of(f ->
          new RecordedContents(
              f.get(
                  "arguments",
                  new Flag(),
                  false,
                  "Whether the audit log holds the arguments of calls, without secrets."),
              f.get(
                  "output",
                  new Flag(),
                  false,
                  "Whether the audit log holds the beginning and the end of what calls print,"
                      + " without secrets."),
              f.optional(
                  "retention_days",
                  new Whole(1, 36_500, "days"),
                  "How many days the audit log keeps the records of this agent, instead of 90."),
              f.optional(
                  "max_records",
                  new Whole(1, 100_000_000, "records"),
                  "How many runs and as many events of this agent the audit log keeps, instead of"
                      + " 100000 of all agents.")));

  static final Section<Security> SECTION =
      Section.of(Security::of)
          .refusing(
              "server rate_limit", "is for a server, which this version does not have; remove it")
          .refusing(
              "resources", "is for ingested files, which this version does not have; remove it")
          .refusing(
              "docker",
              "security.docker has been replaced by security.sandbox.docker; move it there and set "
                  + "sandbox.backend: docker")
          .checking(Security::checkSandbox)
          .checking(Security::checkSandboxes);

  public static final Security DEFAULT = SECTION.defaults();

  /// A sandbox with defaults for all else.
  public Security(SandboxSettings sandbox) {
    this(
        sandbox,
        Optional.empty(),
        NamedSandboxes.NONE,
        DEFAULT.sensitiveNames(),
        DEFAULT.content(),
        DEFAULT.recorded());
  }

  /// The same settings on another host, which is none of several sandboxes.
  Security onHost(String host) {
    SandboxSettings other =
        sandbox.with(sandbox.backend(), sandbox.ssh().map(ssh -> ssh.onHost(host)));
    return new Security(other, Optional.empty(), sandboxes, sensitiveNames, content, recorded);
  }

  /// The same with one of several sandboxes alone.
  Security at(String name) {
    return new Security(
        Objects.requireNonNull(sandboxes.all().get(name)),
        Optional.of(name),
        NamedSandboxes.NONE,
        sensitiveNames,
        content,
        recorded);
  }

  /// The values of `preset`.
  public enum Preset {
    /// Strict rules about content, for prompts of strangers.
    PUBLIC,
    /// The defaults.
    INTERNAL,
    /// As `PUBLIC`, and `backend: auto` if the role names no backend.
    SANDBOX,
    /// Wide rules about content.
    DEVELOPMENT;

    ContentRules content() {
      return switch (this) {
        case PUBLIC, SANDBOX -> ContentRules.PUBLIC;
        case INTERNAL -> ContentRules.DEFAULT;
        case DEVELOPMENT -> ContentRules.DEVELOPMENT;
      };
    }
  }

  /// `audit`: what the audit log holds of a call in addition, without secrets, and for how long.
  ///
  /// @param arguments whether it holds their beginning, and not a digest alone
  /// @param output whether it holds both ends of the output
  /// @param retentionDays how long the agent's records are kept; empty for as long as others
  /// @param maxRecords how many of them are kept; empty for as many as of others
  public record RecordedContents(
      boolean arguments,
      boolean output,
      Optional<Integer> retentionDays,
      Optional<Integer> maxRecords) {}

  /// `tools`: which names of variables mean secrets. A list replaces the built-in one.
  ///
  /// @param prefixes empty for the built-in list
  /// @param suffixes empty for the built-in list
  /// @param allowed names that are no secrets nevertheless; empty for the built-in list
  public record SensitiveNames(
      Optional<List<String>> prefixes,
      Optional<List<String>> suffixes,
      Optional<List<String>> allowed) {

    public SensitiveNames {
      prefixes = prefixes.map(List::copyOf);
      suffixes = suffixes.map(List::copyOf);
      allowed = allowed.map(List::copyOf);
    }
  }

  private static Security of(Fields f) {
    Optional<Preset> preset = f.get(PRESET);
    SandboxSettings written = f.get(SANDBOX);
    NamedSandboxes named = NamedSandboxes.of(f.get(NamedSandboxes.FIELD));
    SandboxSettings alone =
        presetBackend(preset, f).map(auto -> written.with(auto, written.ssh())).orElse(written);
    return new Security(
        named.all().getOrDefault(named.byDefault(), alone),
        Optional.of(named.byDefault()).filter(name -> !name.isEmpty()),
        named,
        f.get("tools", TOOLS, "Which variables no tool gets."),
        f.get("content", ContentRules.SECTION, "What a prompt and an answer may hold.")
            .over(preset.map(Preset::content).orElse(ContentRules.DEFAULT)),
        f.get("audit", AUDIT, "What the audit log holds in addition, and how long."));
  }

  private static Optional<List<String>> words(Fields f, String key, String description) {
    return f.optional(
        key, new ListOf<>(Text.notBlank()), description + " It replaces the built-in list.");
  }

  /// The preset's backend, if the role names none.
  private static Optional<Backend> presetBackend(Optional<Preset> preset, Fields f) {
    boolean isNamed =
        f.written(SANDBOX).flatMap(s -> s.child(SandboxSettings.BACKEND.key())).isPresent();
    return preset.filter(one -> one == Preset.SANDBOX && !isNamed).map(_ -> Backend.AUTO);
  }

  /// The sandboxes without faults of a section that has some, for rules about others; empty if all
  /// have one.
  static Optional<Security> withoutFaulty(YamlValue security, Decoding decoding) {
    Optional<YamlValue> several = security.child(NamedSandboxes.FIELD.key());
    if (several.isEmpty()) {
      return security
          .child(SANDBOX.key())
          .flatMap(one -> SandboxSettings.SECTION.decode(one, decoding.apart()))
          .map(Security::new);
    }
    NamedSandboxes named = NamedSandboxes.withoutFaulty(several.get(), decoding);
    return named.all().values().stream()
        .findFirst()
        .map(any ->
            new Security(
                any,
                Optional.empty(),
                named,
                DEFAULT.sensitiveNames(),
                DEFAULT.content(),
                DEFAULT.recorded()));
  }

  private static void checkSandboxes(Values security, Decoding decoding) {
    security
        .written(NamedSandboxes.FIELD)
        .ifPresent(several -> {
          NamedSandboxes.check(several, decoding);
          security
              .written(SANDBOX)
              .ifPresent(one ->
                  decoding.fault(
                      one, "stands beside sandboxes; make it one of them, with a name of its own"));
        });
  }

  /// The rules apply to the sandbox with the backend of the preset.
  private static void checkSandbox(Values security, Decoding decoding) {
    security
        .written(SANDBOX)
        .flatMap(written -> SandboxSettings.SECTION.read(written, decoding.apart()))
        .ifPresent(sandbox -> {
          presetBackend(security.find(PRESET).flatMap(preset -> preset), security)
              .ifPresent(auto -> sandbox.use(SandboxSettings.BACKEND, auto));
          SandboxSettings.check(sandbox, decoding);
        });
  }
}
