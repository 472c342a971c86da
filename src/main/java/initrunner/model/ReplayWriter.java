package initrunner.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.UnaryOperator;

/// Writes turns as [ReplayReader] reads them. Stateless.
final class ReplayWriter {

  /// As strict as [ReplayReader], so that it refuses nothing that stands in the file as an object.
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private ReplayWriter() {}

  /// @param redaction takes secrets out of each text
  static String write(List<Turn> turns, UnaryOperator<String> redaction) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      json.writeStartArray();
      for (Turn turn : turns) {
        json.writeStartObject();
        if (!turn.text().isEmpty() || turn.requests().isEmpty()) {
          json.writeStringField("text", redaction.apply(turn.text()));
        }
        if (!turn.requests().isEmpty()) {
          json.writeArrayFieldStart("tool_calls");
          for (ToolRequest request : turn.requests()) {
            write(json, request, redaction);
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
      JsonGenerator json, ToolRequest request, UnaryOperator<String> redaction) throws IOException {
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
