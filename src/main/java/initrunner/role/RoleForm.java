package initrunner.role;

import initrunner.role.model.ModelSettings;
import initrunner.role.sandbox.NamedSandboxes;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.ToolNames;
import initrunner.role.tools.ToolTypes;
import initrunner.schema.describe.Places;
import initrunner.schema.type.Brief;
import initrunner.schema.type.Choice;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Section;
import initrunner.schema.type.Spelled;
import initrunner.schema.type.Text;
import initrunner.schema.type.Type;
import initrunner.schema.type.Values;
import initrunner.schema.yaml.YamlValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A form of a role file, and the documents that look like a role and are none.
record RoleForm(Section<Content> root) {

  /// The content of a role file.
  record Content(Metadata metadata, Spec spec) {

    Role role(Path file, List<String> withoutEffect) {
      return new Role(
          file,
          metadata,
          spec.prompt,
          spec.model,
          spec.tools,
          spec.security,
          spec.guardrails,
          spec.execution,
          withoutEffect);
    }
  }

  /// `spec`.
  record Spec(
      String prompt,
      Optional<ModelSettings> model,
      List<ToolGrant> tools,
      Security security,
      Guardrails guardrails,
      Execution execution) {}

  private static final List<String> OF_ENVELOPES =
      List.of("apiVersion", "kind", "metadata", "spec");
  private static final List<String> OF_FLAT_ROLES =
      List.of("name", "prompt", "model", "tools", "agents");
  private static final List<String> OTHER_KINDS =
      List.of("Team", "Flow", "Compose", "Service", "Pipeline", "TestSuite");

  /// Parts of the wider format. Each is refused, so that no role relies on one that is missing
  /// here.
  private static final String UNAVAILABLE =
      """
      skills triggers sinks ingest memory autonomy reasoning observability capabilities auto_skills
      tool_search daemon resources deps_schema
      """;

  private static final Pattern VARIABLE = Pattern.compile("\\{\\{\\s*[A-Za-z_][A-Za-z0-9_]*\\s*}}");

  private static final Text PROMPT =
      Text.notBlank()
          .with(
              "has a {{variable}}, and variables are not available in this version",
              "text without {{ }}",
              "write the text itself",
              text -> !VARIABLE.matcher(text).find());

  private static final Choice<String> OUTPUT =
      Choice.of("text")
          .refusing(
              Map.of(
                  "json_schema",
                  "asks for answers of a prescribed form, which this version does not support;"
                      + " write text, and describe the form in the prompt"));

  private static final Section<String> OUTPUT_SECTION =
      Section.of(f -> {
        String type = f.get("type", OUTPUT, "text", "Answers are text.");
        f.get(
            "mode",
            Choice.of("auto", "text"),
            "auto",
            "The form of answers; both values mean text.");
        return type;
      });

  private static final Field<List<ToolGrant>> TOOLS =
      Field.of("tools", new ListOf<>(ToolTypes.TOOL), List.of(), "What the agent can do.");

  private static final Type<ToolGrant> FLAT_TOOL = new Spelled<>(ToolTypes.TOOL);

  private static final Field<List<ToolGrant>> FLAT_TOOLS =
      Field.of("tools", new ListOf<>(FLAT_TOOL), List.of(), "What the agent can do.");

  private static final Field<Security> SECURITY =
      Field.of("security", Security.SECTION, Security.DEFAULT, "What contains the agent.");

  static final Section<Spec> SPEC =
      Section.of(f ->
              spec(
                  f,
                  f.required("role", PROMPT, "You are a build assistant.", "The system prompt."),
                  f.optional("model", ModelSettings.SECTION, "Which model the agent uses."),
                  f.get(TOOLS)))
          .checking((spec, decoding) -> checkBackend(TOOLS, ToolTypes.TOOL, spec, decoding))
          .refusing(UNAVAILABLE, "is not available in this version; remove it");

  private static final Section<Content> ENVELOPE =
      Section.of(f -> {
        f.required(
            "apiVersion",
            Choice.of("initrunner/v1"),
            "initrunner/v1",
            "Version of the file's form.");
        f.required("kind", Choice.of("Agent"), "Agent", "What the file describes.");
        return new Content(
            f.required(
                "metadata", Metadata.SECTION, Metadata.SECTION.defaults(), "Who the agent is."),
            f.required("spec", SPEC, SPEC.defaults(), "What the agent is."));
      });

  private static final Section<Content> FLAT =
      Section.of(f ->
              new Content(
                  Metadata.inFlatForm(f),
                  spec(
                      f,
                      f.required(
                          "prompt", PROMPT, "You are a build assistant.", "The system prompt."),
                      f.optional(
                          "model",
                          new Brief<>(ModelSettings.BRIEF, ModelSettings.SECTION),
                          "Which model the agent uses: a mapping, provider:name, or a name."),
                      f.get(FLAT_TOOLS))))
          .checking((role, decoding) -> checkBackend(FLAT_TOOLS, FLAT_TOOL, role, decoding))
          .refusing(UNAVAILABLE, "is not available in this version; remove it")
          .refusing(
              "agents", "makes a team of roles, which this version does not have; name one agent")
          .refusing("role", "is called prompt in the flat form; rename it")
          .ignoring(Metadata.OF_PACKAGES);

  /// The fields that both forms share, behind those that differ.
  private static Spec spec(
      Fields f, String prompt, Optional<ModelSettings> model, List<ToolGrant> tools) {
    Spec spec =
        new Spec(
            prompt,
            model,
            tools,
            f.get(SECURITY),
            f.get("guardrails", Guardrails.SECTION, "When a run must stop."),
            f.get("execution", Execution.SECTION, "Time limits, concurrency and retries."));
    f.get("output", OUTPUT_SECTION, "The form of answers.");
    return spec;
  }

  /// @param one the type of an entry
  private static void checkBackend(
      Field<List<ToolGrant>> tools, Type<ToolGrant> one, Values values, Decoding decoding) {
    List<YamlValue> entries = values.written(tools).map(YamlValue::items).orElse(List.of());
    Optional<YamlValue> written = values.written(SECURITY);
    values
        .find(SECURITY)
        .or(() -> written.flatMap(each -> Security.withoutFaulty(each, decoding)))
        .ifPresent(security ->
            SandboxRules.check(
                entries,
                entries.stream().map(each -> one.decode(each, decoding.apart())).toList(),
                security,
                decoding));
    Optional<YamlValue> sandboxes = written.flatMap(each -> each.child(NamedSandboxes.FIELD.key()));
    SandboxRules.checkNames(entries, sandboxes, decoding);
    values
        .written(tools)
        .ifPresent(each ->
            ToolNames.checkUnique(
                each, sandboxes.map(NamedSandboxes::byDefault).orElse(""), decoding));
  }

  /// `apiVersion`, `kind`, `metadata` and `spec`.
  static RoleForm envelope() {
    return new RoleForm(ENVELOPE);
  }

  /// All keys at the top level.
  static RoleForm flat() {
    return new RoleForm(FLAT);
  }

  /// Where in this form each key may stand.
  Map<String, List<String>> places() {
    return Places.of(root);
  }

  static RoleForm of(YamlValue document) {
    boolean isEnvelope = OF_ENVELOPES.stream().anyMatch(key -> document.child(key).isPresent());
    boolean isFlat = OF_FLAT_ROLES.stream().anyMatch(key -> document.child(key).isPresent());
    return isFlat && !isEnvelope ? flat() : envelope();
  }

  /// The value of `kind` in a document of another kind, whose other keys are not checked.
  static Optional<YamlValue> otherKind(YamlValue document) {
    return document.child("kind").filter(kind -> OTHER_KINDS.contains(kind.raw()));
  }
}
