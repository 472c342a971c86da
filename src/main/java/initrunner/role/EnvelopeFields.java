package initrunner.role;

import initrunner.schema.type.Choice;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.type.Whole;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/// The declaration of a whole role file, `metadata` and `spec`.
final class EnvelopeFields {

  /// What the file says, without what it is called.
  record Envelope(Metadata metadata, Spec spec) {}

  /// `spec`.
  record Spec(
      String prompt,
      Optional<ModelSettings> model,
      List<ToolGrant> tools,
      Security security,
      Guardrails guardrails,
      Execution execution) {}

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*[a-z0-9]");
  private static final Pattern VARIABLE = Pattern.compile("\\{\\{\\s*[A-Za-z_][A-Za-z0-9_]*\\s*}}");

  static final Field<String> NAME_OF_ROLE =
      Field.required(
          "name",
          Text.any().matching(NAME, "two or more of a-z, 0-9 and -, with no - at either end"),
          "Name of the agent.",
          "build-agent");

  static final Field<String> DESCRIPTION =
      Field.optional("description", Text.any(), "", "What the agent is for.");

  static final Field<List<String>> TAGS =
      Field.optional("tags", new ListOf<>(Text.any()), List.of(), "Words to find it by.");

  static final Field<String> AUTHOR = Field.optional("author", Text.any(), "", "Who wrote it.");

  static final Field<String> TEAM = Field.optional("team", Text.any(), "", "Who owns it.");

  static final Field<String> VERSION =
      Field.optional("version", Text.any(), "", "Version of the role.");

  static final Field<Integer> SPEC_VERSION =
      Field.optional("spec_version", new Whole(1, 2, ""), 1, "Version of the role format.");

  static final Section<Metadata> METADATA =
      new Section<>(
              List.of(NAME_OF_ROLE, DESCRIPTION, TAGS, AUTHOR, TEAM, VERSION, SPEC_VERSION),
              Map.of(),
              v ->
                  new Metadata(
                      v.get(NAME_OF_ROLE),
                      v.get(DESCRIPTION),
                      v.get(TAGS),
                      v.get(AUTHOR),
                      v.get(TEAM),
                      v.get(VERSION)))
          .passingOver(Unavailable.PACKAGING);

  static final Field<String> ROLE =
      Field.required(
          "role",
          Text.notBlank()
              .with(
                  new Rule<>(
                      "has a {{variable}}, and variables are not available in this version",
                      "text without {{ }}",
                      "write the text itself",
                      text -> !VARIABLE.matcher(text).find())),
          "The system prompt.",
          "You are a build assistant.");

  static final Field<List<ToolGrant>> TOOLS =
      Field.optional(
          "tools",
          new ListOf<>(ToolTypes.TOOL, ToolNames::checkUnique),
          List.of(),
          "What the agent can do.");

  static final Field<Security> SECURITY =
      Field.optional(
          "security", SecurityFields.SECTION, SecurityFields.DEFAULT, "What contains the agent.");

  static final Field<Guardrails> GUARDRAILS =
      Field.optional(
          "guardrails", RunFields.GUARDRAILS, Guardrails.DEFAULT, "When a run must stop.");

  static final Field<Execution> EXECUTION =
      Field.optional(
          "execution", RunFields.EXECUTION, Execution.DEFAULT, "How a run goes about its work.");

  private static final Choice<String> TEXT =
      Choice.of("text")
          .refusing(
              Map.of(
                  "json_schema",
                  "is an answer of a prescribed form, which this version does not ask for; write"
                      + " text, and say in the prompt what the answer is to look like"));

  /// Answers are text; nothing else may be written.
  static final Field<String> OUTPUT =
      Field.optional(
          "output",
          new Section<>(
              List.of(
                  Field.optional("type", TEXT, "text", "Answers are text."),
                  Field.optional("mode", Choice.of("auto", "text"), "auto", "The same.")),
              Map.of(),
              _ -> "text"),
          "text",
          "The form of answers.");

  static final Field<Optional<ModelSettings>> MODEL =
      Field.nullable("model", ModelFields.SECTION, "Which model the agent uses.");

  static final Section<Spec> SPEC_SECTION =
      new Section<>(
          List.of(ROLE, MODEL, TOOLS, SECURITY, GUARDRAILS, EXECUTION, OUTPUT),
          Unavailable.spec(),
          v ->
              new Spec(
                  v.get(ROLE),
                  v.get(MODEL),
                  v.get(TOOLS),
                  v.get(SECURITY),
                  v.get(GUARDRAILS),
                  v.get(EXECUTION)));

  static final Field<String> API_VERSION =
      Field.required(
          "apiVersion", Choice.of("initrunner/v1"), "Version of the file's form.", "initrunner/v1");

  static final Field<String> KIND =
      Field.required("kind", Choice.of("Agent"), "What the file describes.", "Agent");

  static final Field<Metadata> METADATA_OF_ROLE =
      Field.required("metadata", METADATA, "Who the agent is.", "");

  static final Field<Spec> SPEC = Field.required("spec", SPEC_SECTION, "What the agent is.", "");

  static final Section<Envelope> ROOT =
      new Section<>(
          List.of(API_VERSION, KIND, METADATA_OF_ROLE, SPEC),
          Map.of(),
          List.<BiConsumer<Values, Decoding>>of(),
          v -> new Envelope(v.get(METADATA_OF_ROLE), v.get(SPEC)));

  private EnvelopeFields() {}
}
