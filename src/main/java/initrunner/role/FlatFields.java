package initrunner.role;

import initrunner.role.EnvelopeFields.Envelope;
import initrunner.role.EnvelopeFields.Spec;
import initrunner.schema.type.Brief;
import initrunner.schema.type.Field;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Section;
import initrunner.schema.type.Spelled;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.type.Whole;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The declaration of a whole role file in the flat form: all at the top level.
final class FlatFields {

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");

  static final Field<String> NAME_OF_ROLE =
      Field.required(
          "name",
          Text.any().matching(NAME, "a-z, 0-9 and -, with no - at either end"),
          "Name of the agent.",
          "build-agent");

  static final Field<Integer> SPEC_VERSION =
      Field.optional("spec_version", new Whole(3, 3, ""), 3, "Version of the role format.");

  static final Field<String> PROMPT =
      Field.required(
          "prompt", EnvelopeFields.ROLE.type(), "The system prompt.", "You are a build assistant.");

  static final Field<Optional<ModelSettings>> MODEL =
      Field.nullable(
          "model",
          new Brief<>(ModelFields.BRIEF, ModelFields.SECTION),
          "Which model the agent uses: a mapping, provider:name, or a name.");

  static final Field<List<ToolGrant>> TOOLS =
      Field.optional(
          "tools",
          new ListOf<>(new Spelled<>(ToolTypes.TOOL), ToolNames::checkUnique),
          List.of(),
          "What the agent can do.");

  static final Section<Envelope> ROOT =
      new Section<>(
              List.of(
                  NAME_OF_ROLE,
                  EnvelopeFields.DESCRIPTION,
                  EnvelopeFields.TAGS,
                  EnvelopeFields.AUTHOR,
                  EnvelopeFields.TEAM,
                  EnvelopeFields.VERSION,
                  SPEC_VERSION,
                  PROMPT,
                  MODEL,
                  TOOLS,
                  EnvelopeFields.SECURITY,
                  EnvelopeFields.GUARDRAILS,
                  EnvelopeFields.EXECUTION,
                  EnvelopeFields.OUTPUT),
              refusals(),
              FlatFields::build)
          .passingOver(Unavailable.PACKAGING);

  private FlatFields() {}

  private static Map<String, String> refusals() {
    Map<String, String> refusals = new HashMap<>(Unavailable.spec());
    refusals.put(
        "agents", "makes a team of roles, which this version does not have; name one agent");
    refusals.put("role", "is called prompt in the flat form; rename it");
    return refusals;
  }

  private static Envelope build(Values values) {
    return new Envelope(
        new Metadata(
            values.get(NAME_OF_ROLE),
            values.get(EnvelopeFields.DESCRIPTION),
            values.get(EnvelopeFields.TAGS),
            values.get(EnvelopeFields.AUTHOR),
            values.get(EnvelopeFields.TEAM),
            values.get(EnvelopeFields.VERSION)),
        new Spec(
            values.get(PROMPT),
            values.get(MODEL),
            values.get(TOOLS),
            values.get(EnvelopeFields.SECURITY),
            values.get(EnvelopeFields.GUARDRAILS),
            values.get(EnvelopeFields.EXECUTION)));
  }
}
