package initrunner.role;

import initrunner.role.Security.RecordedArguments;
import initrunner.role.Security.SensitiveNames;
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
import java.util.List;
import java.util.Optional;

/// What contains the agent (`spec.security`).
///
/// @param sandbox where tool calls run, and how contained
/// @param sensitiveNames which variables no tool gets
/// @param content what a prompt and an answer may hold
/// @param recordedArguments whether the audit log holds the arguments of calls
public record Security(
    SandboxSettings sandbox,
    SensitiveNames sensitiveNames,
    ContentRules content,
    RecordedArguments recordedArguments) {

  private static final String OF_PYTHON =
      "is about tools written in Python, which this version does not have; remove it. It is not"
          + " sandbox.%s, which gives commands more of this machine";

  private static final String SHARED =
      "is not a role's to set: all roles share one record, and none may shorten it; remove it, and"
          + " set ";

  private static final String AT_START = " where initrunner is started";

  private static final Field<Optional<Preset>> PRESET =
      Field.optional(
          "preset", Choice.of(Preset.values()), "What holds where the sections below say nothing.");

  private static final Field<SandboxSettings> SANDBOX =
      Field.of(
          "sandbox", SandboxSettings.SECTION, SandboxSettings.DEFAULT, "Where and how tools run.");

  private static final Section<SensitiveNames> TOOLS =
      Section.of(f ->
              new SensitiveNames(
                  words(
                      f,
                      "sensitive_env_prefixes",
                      "How names of variables begin that no tool gets."),
                  words(
                      f, "sensitive_env_suffixes", "How names of variables end that no tool gets."),
                  words(f, "env_allowlist", "Names that tools get though they begin or end so.")))
          .refusing(
              """
              allowed_custom_modules blocked_custom_modules mcp_command_allowlist restrict_db_paths
              audit_hooks_enabled allowed_network_hosts block_private_ips allow_subprocess
              allow_eval_exec sandbox_violation_action
              """,
              "is not available in this version; remove it")
          .refusing("allowed_read_paths", OF_PYTHON.formatted("allowed_read_paths"))
          .refusing("allowed_write_paths", OF_PYTHON.formatted("allowed_write_paths"));

  private static final Section<RecordedArguments> AUDIT =
      Section.of(f ->
              f.get(
                      "arguments",
                      new Flag(),
                      false,
                      "Whether the audit log holds the arguments of calls, without secrets.")
                  ? RecordedArguments.REDACTED
                  : RecordedArguments.NONE)
          .refusing("retention_days", SHARED + "INITRUNNER_AUDIT_RETENTION_DAYS" + AT_START)
          .refusing("max_records", SHARED + "INITRUNNER_AUDIT_MAX_RECORDS" + AT_START);

  static final Section<Security> SECTION =
      Section.of(Security::of)
          .refusing(
              "server rate_limit",
              "is about a server of requests, which this version is not; remove it")
          .refusing(
              "resources",
              "is about files that are ingested, which this version does not do; remove it")
          .refusing(
              "docker",
              "security.docker has been replaced by security.sandbox.docker; move it there and set "
                  + "sandbox.backend: docker")
          .checking(Security::checkSandbox);

  public static final Security DEFAULT = SECTION.defaults();

  /// One with the default rules about names, content and the audit log.
  public Security(SandboxSettings sandbox) {
    this(sandbox, DEFAULT.sensitiveNames(), DEFAULT.content(), DEFAULT.recordedArguments());
  }

  /// The values of `preset`.
  public enum Preset {
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

  /// `audit.arguments`: what the audit log holds of a call's arguments.
  public enum RecordedArguments {
    /// A digest alone.
    NONE,
    /// Their beginning, without secrets.
    REDACTED
  }

  /// `tools`: how names of variables that hold secrets look. A list replaces the default one.
  ///
  /// @param prefixes empty for the default list
  /// @param suffixes empty for the default list
  /// @param allowed names that are no secret all the same; empty for the default list
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
    return new Security(
        presetBackend(preset, f).map(auto -> written.with(auto, written.ssh())).orElse(written),
        f.get("tools", TOOLS, "Which variables no tool gets."),
        f.get("content", ContentRules.SECTION, "What a prompt and an answer may hold.")
            .apply(preset.map(Preset::content).orElse(ContentRules.DEFAULT)),
        f.get("audit", AUDIT, "What the audit log holds beyond what it always does."));
  }

  private static Optional<List<String>> words(Fields f, String key, String description) {
    return f.optional(
        key,
        new ListOf<>(Text.notBlank()),
        description + " It replaces the list that is built in.");
  }

  /// The preset's, where the role names none.
  private static Optional<Backend> presetBackend(Optional<Preset> preset, Fields f) {
    boolean isNamed =
        f.written(SANDBOX).flatMap(s -> s.child(SandboxSettings.BACKEND.key())).isPresent();
    return preset.filter(one -> one == Preset.SANDBOX && !isNamed).map(_ -> Backend.AUTO);
  }

  /// Rules about a sandbox hold for what the preset makes of it.
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
