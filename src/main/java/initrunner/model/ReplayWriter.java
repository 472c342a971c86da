package initrunner.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import initrunner.tool.ToolResult;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Writes turns as [ReplayReader] reads them. Stateless.
final class ReplayWriter {

  /// As strict as [ReplayReader], so that it refuses nothing that stands in the file as an object.
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private ReplayWriter() {}

  /// @param conversation whose answers say how the calls ended
  /// @param redaction takes secrets out of each text
  static String write(
      List<Turn> turns, List<Message> conversation, UnaryOperator<String> redaction) {
    CallEndings endings = new CallEndings(conversation);
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      json.writeStartArray();
      for (int number = 0; number < turns.size(); number++) {
        Turn turn = turns.get(number);
        json.writeStartObject();
        if (!turn.text().isEmpty() || turn.requests().isEmpty()) {
          json.writeStringField("text", redaction.apply(turn.text()));
        }
        if (!turn.requests().isEmpty()) {
          json.writeArrayFieldStart("tool_calls");
          for (ToolRequest request : turn.requests()) {
            write(json, request, endings.of(number, request), redaction);
          }
          json.writeEndArray();
        }
        json.writeEndObject();
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text + "\n";
  }

  private static void write(
      JsonGenerator json,
      ToolRequest request,
      Optional<ToolResult.Status> ended,
      UnaryOperator<String> redaction)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("id", request.id());
    json.writeStringField("name", request.tool());
    json.writeFieldName("arguments");
    String arguments = redaction.apply(request.arguments());
    if (isObject(arguments)) {
      try (JsonParser parser = JSON.createParser(arguments)) {
        parser.nextToken();
        json.copyCurrentStructure(parser);
      }
    } else {
      json.writeString(arguments);
    }
    if (ended.isPresent()) {
      json.writeStringField("ended", ended.get().word());
    }
    json.writeEndObject();
  }

  /// A model may write anything as arguments; if they are not an object, the file holds them as a
  /// string.
  private static boolean isObject(String arguments) {
    try (JsonParser parser = JSON.createParser(arguments)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }
}
