package initrunner.agent;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import initrunner.model.ToolRequest;
import initrunner.tool.ToolCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Turns a model's text into a call.
public final class ToolBridge {

  /// Bounds the recursion over a value; no tool takes lists in lists.
  private static final int MOST_LEVELS = 32;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(MOST_LEVELS).build())
          .build();

  private ToolBridge() {}

  public sealed interface Bridged {

    record Call(ToolCall call) implements Bridged {}

    /// The arguments are not a JSON object.
    ///
    /// @param reason in words that the model can act on
    record Malformed(String reason) implements Bridged {}
  }

  /// Empty text and `null` count as `{}`: many models write them. An argument with the value `null`
  /// counts as missing.
  public static Bridged bridge(ToolRequest request) {
    String arguments = request.arguments().isBlank() ? "{}" : request.arguments();
    try (JsonParser parser = JSON.createParser(arguments)) {
      return switch (parser.nextToken()) {
        case START_OBJECT -> endOfCall(parser, request, object(parser));
        case VALUE_NULL -> endOfCall(parser, request, Map.of());
        case JsonToken other -> malformed("they are " + nameOf(other));
      };
    } catch (JacksonException e) {
      return malformed(e.getOriginalMessage() + where(e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Bridged endOfCall(
      JsonParser parser, ToolRequest request, Map<String, Object> arguments) throws IOException {
    if (parser.nextToken() != null) {
      return malformed("something follows the object");
    }
    return new Bridged.Call(new ToolCall(request.id(), request.tool(), arguments));
  }

  private static Bridged malformed(String why) {
    return new Bridged.Malformed(
        "Error: the arguments are not a JSON object: "
            + why
            + ". Nothing was run. Call the tool again with one JSON object.");
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      value(parser).ifPresent(value -> members.put(name, value));
    }
    return members;
  }

  private static List<Object> array(JsonParser parser) throws IOException {
    List<Object> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      value(parser).ifPresent(elements::add);
    }
    return elements;
  }

  private static Optional<Object> value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> Optional.of(object(parser));
      case START_ARRAY -> Optional.of(array(parser));
      case VALUE_STRING -> Optional.of(parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Optional.of(parser.getNumberValue());
      case VALUE_TRUE -> Optional.of(true);
      case VALUE_FALSE -> Optional.of(false);
      case VALUE_NULL -> Optional.empty();
      case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw new IllegalStateException("no value at " + parser.currentLocation());
    };
  }

  private static String nameOf(JsonToken token) {
    return switch (token) {
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case START_OBJECT,
          END_OBJECT,
          END_ARRAY,
          FIELD_NAME,
          VALUE_EMBEDDED_OBJECT,
          VALUE_NULL,
          NOT_AVAILABLE ->
          token.name();
    };
  }

  private static String where(JacksonException fault) {
    return fault.getLocation() == null
        ? ""
        : " (line "
            + fault.getLocation().getLineNr()
            + ", column "
            + fault.getLocation().getColumnNr()
            + ")";
  }
}
