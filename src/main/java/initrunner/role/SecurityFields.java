package initrunner.role;

import initrunner.role.SandboxSettings.Backend;
import initrunner.role.Security.RecordedArguments;
import initrunner.role.Security.SensitiveNames;
import initrunner.schema.type.Choice;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Flag;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The declaration of `spec.security`.
final class SecurityFields {

  /// The values of `preset`.
  enum Preset {
    /// Strict rules about content, for prompts of strangers.
    PUBLIC,
    /// The defaults.
    INTERNAL,
    /// As `PUBLIC`, and `backend: auto` where the role names no backend.
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

  static final Security DEFAULT = new Security(SandboxSettings.DEFAULT);

  static final Field<Optional<Preset>> PRESET =
      Field.nullable(
          "preset", Choice.of(Preset.values()), "What holds where the sections below say nothing.");

  static final Field<SandboxSettings> SANDBOX =
      Field.optional(
          "sandbox", SandboxFields.SECTION, SandboxSettings.DEFAULT, "Where and how tools run.");

  static final Field<Optional<List<String>>> SENSITIVE_ENV_PREFIXES =
      words("sensitive_env_prefixes", "How names of variables begin that no tool gets.");

  static final Field<Optional<List<String>>> SENSITIVE_ENV_SUFFIXES =
      words("sensitive_env_suffixes", "How names of variables end that no tool gets.");

  static final Field<Optional<List<String>>> ENV_ALLOWLIST =
      words("env_allowlist", "Names that tools get though they begin or end so.");

  static final Field<SensitiveNames> TOOLS =
      Field.optional(
          "tools",
          new Section<>(
              List.of(SENSITIVE_ENV_PREFIXES, SENSITIVE_ENV_SUFFIXES, ENV_ALLOWLIST),
              Unavailable.toolSecurity(),
              v ->
                  new SensitiveNames(
                      v.get(SENSITIVE_ENV_PREFIXES),
                      v.get(SENSITIVE_ENV_SUFFIXES),
                      v.get(ENV_ALLOWLIST))),
          SensitiveNames.DEFAULT,
          "Which variables no tool gets.");

  static final Field<ContentFields.Written> CONTENT =
      Field.optional(
          "content",
          ContentFields.SECTION,
          ContentFields.Written.NOTHING,
          "What a prompt and an answer may hold.");

  static final Field<Boolean> ARGUMENTS =
      Field.optional(
          "arguments",
          new Flag(),
          false,
          "Whether events hold the arguments of calls, without secrets.");

  static final Field<RecordedArguments> AUDIT =
      Field.optional(
          "audit",
          new Section<>(
              List.of(ARGUMENTS),
              retentionRefusals(),
              v -> v.get(ARGUMENTS) ? RecordedArguments.REDACTED : RecordedArguments.NONE),
          RecordedArguments.NONE,
          "What the record holds beyond what it always does.");

  static final Section<Security> SECTION =
      new Section<>(
          List.of(PRESET, SANDBOX, TOOLS, CONTENT, AUDIT),
          refusals(),
          List.of(SecurityFields::checkSandbox),
          SecurityFields::build);

  private SecurityFields() {}

  private static Field<Optional<List<String>>> words(String key, String description) {
    return Field.nullable(
        key,
        new ListOf<>(Text.notBlank()),
        description + " It replaces the list that is built in.");
  }

  /// Rules about a sandbox hold for what the preset makes of it.
  private static void checkSandbox(Values security, Decoding decoding) {
    security
        .written(SANDBOX)
        .flatMap(spot -> SandboxFields.SECTION.read(spot, decoding.apart()))
        .ifPresent(sandbox -> {
          presetBackend(security).ifPresent(auto -> sandbox.use(SandboxFields.BACKEND, auto));
          SandboxFields.check(sandbox, decoding);
        });
  }

  /// The preset's, where the role names none.
  private static Optional<Backend> presetBackend(Values security) {
    boolean isNamed =
        security.written(SANDBOX).flatMap(s -> s.child(SandboxFields.BACKEND.key())).isPresent();
    return security
        .find(PRESET)
        .flatMap(preset -> preset)
        .filter(preset -> preset == Preset.SANDBOX && !isNamed)
        .map(_ -> Backend.AUTO);
  }

  private static Security build(Values values) {
    SandboxSettings written = values.get(SANDBOX);
    SandboxSettings sandbox =
        presetBackend(values).map(auto -> written.with(auto, written.ssh())).orElse(written);
    ContentRules rules = values.get(PRESET).map(Preset::content).orElse(ContentRules.DEFAULT);
    return new Security(
        sandbox, values.get(TOOLS), values.get(CONTENT).over(rules), values.get(AUDIT));
  }

  private static Map<String, String> retentionRefusals() {
    String shared =
        "is not a role's to set: all roles share one record, and none may shorten it; remove it, and"
            + " set ";
    return Map.of(
        "retention_days", shared + "INITRUNNER_AUDIT_RETENTION_DAYS where initrunner is started",
        "max_records", shared + "INITRUNNER_AUDIT_MAX_RECORDS where initrunner is started");
  }

  private static Map<String, String> refusals() {
    Map<String, String> refusals = new HashMap<>();
    String ofServers = "is about a server of requests, which this version is not; remove it";
    refusals.put("server", ofServers);
    refusals.put("rate_limit", ofServers);
    refusals.put(
        "resources", "is about files that are ingested, which this version does not do; remove it");
    refusals.put(
        "docker",
        "security.docker has been replaced by security.sandbox.docker; move it there and set "
            + "sandbox.backend: docker");
    return refusals;
  }
}
