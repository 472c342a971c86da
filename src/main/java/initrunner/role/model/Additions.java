package initrunner.role.model;

import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.JsonMapping;
import initrunner.schema.type.MapOf;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Text;
import initrunner.schema.type.Whole;
import initrunner.text.Words;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Header and body fields that a role adds to every request to one provider's models. They may hold
/// secrets, so only their names are ever shown. Immutable.
///
/// @param headers header fields, by name
/// @param body fields of the body as JSON values, by name
/// @param logitBias from -100 to 100, by the number of a token
/// @param variables the names of the environment variables in headers and body
public record Additions(
    Map<String, String> headers,
    Map<String, Object> body,
    Map<String, Integer> logitBias,
    Set<String> variables) {

  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*");

  /// Fields of Chat Completions that InitRunner sets itself.
  private static final List<String> SENT =
      Words.of(
          """
          model messages tools stream stream_options temperature max_tokens max_completion_tokens
          top_p stop seed presence_penalty frequency_penalty logit_bias parallel_tool_calls
          tool_choice reasoning_effort
          """);

  private static final Pattern TOKEN = Pattern.compile("[0-9]+");

  static final Field<Map<String, String>> EXTRA_HEADERS =
      Field.of(
          "extra_headers",
          new MapOf<>(
                  Rule.matching(
                      HEADER,
                      "is not the name of a header field",
                      "letters, digits and -",
                      "write for example X-Team: build"),
                  Text.any()
                      .expanding()
                      .with(
                          "holds a line break",
                          "text on one line",
                          value -> value.chars().noneMatch(Character::isISOControl)))
              .hidden(),
          Map.of(),
          "Header fields of every request, by name.");

  static final Field<Map<String, Object>> EXTRA_BODY =
      Field.of(
          "extra_body",
          new JsonMapping(SENT),
          Map.of(),
          "Fields of every request's body, by name, as a server of Chat Completions knows them; not"
              + " those that other fields set.");

  static final Field<Map<String, Integer>> LOGIT_BIAS =
      Field.of(
          "logit_bias",
          new MapOf<>(
              Rule.matching(
                  TOKEN,
                  "is not the number of a token",
                  "digits",
                  "write for example '50256': -100"),
              new Whole(-100, 100, "")),
          Map.of(),
          "How much likelier tokens are, by their numbers; for Chat Completions.");

  static Additions of(Fields f) {
    return new Additions(
        f.get(EXTRA_HEADERS), f.get(EXTRA_BODY), f.get(LOGIT_BIAS), AddressRules.variablesAdded(f));
  }

  public Additions {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    body = Collections.unmodifiableMap(new LinkedHashMap<>(body));
    logitBias = Collections.unmodifiableMap(new LinkedHashMap<>(logitBias));
    variables = Set.copyOf(variables);
  }

  /// The names alone.
  @Override
  public String toString() {
    return "Additions" + headers.keySet() + body.keySet() + logitBias;
  }
}
