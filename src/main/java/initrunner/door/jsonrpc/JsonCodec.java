package initrunner.door.jsonrpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Reads and writes [Json]. Stateless.
final class JsonCodec {

  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Json.MOST_LEVELS)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private JsonCodec() {}

  static Json read(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> new Json.Text(parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json.Num(parser.getText());
      case VALUE_TRUE -> new Json.Bool(true);
      case VALUE_FALSE -> new Json.Bool(false);
      case VALUE_NULL -> new Json.Null();
      case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw new IllegalStateException("no value at " + parser.currentLocation());
    };
  }

  private static Json object(JsonParser parser) throws IOException {
    SequencedMap<String, Json> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      members.put(name, read(parser));
    }
    return new Json.Obj(members);
  }

  private static Json array(JsonParser parser) throws IOException {
    List<Json> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(read(parser));
    }
    return new Json.Arr(elements);
  }

  static void write(JsonGenerator to, Json value) throws IOException {
    switch (value) {
      case Json.Obj(SequencedMap<String, Json> members) -> {
        to.writeStartObject();
        for (Map.Entry<String, Json> member : members.entrySet()) {
          to.writeFieldName(wellFormed(member.getKey()));
          write(to, member.getValue());
        }
        to.writeEndObject();
      }
      case Json.Arr(List<Json> elements) -> {
        to.writeStartArray();
        for (Json element : elements) {
          write(to, element);
        }
        to.writeEndArray();
      }
      case Json.Text(String text) -> to.writeString(wellFormed(text));
      case Json.Num(String digits) -> to.writeNumber(digits);
      case Json.Bool(boolean flag) -> to.writeBoolean(flag);
      case Json.Null() -> to.writeNull();
    }
  }

  /// Half of a surrogate pair has no UTF-8.
  private static String wellFormed(String text) {
    return text.codePoints().noneMatch(JsonCodec::isHalf)
        ? text
        : text.codePoints()
            .map(character -> isHalf(character) ? '\uFFFD' : character)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
  }

  static boolean isHalf(int character) {
    return Character.getType(character) == Character.SURROGATE;
  }

  static String column(JsonProcessingException fault) {
    return fault.getLocation() == null ? "" : " (column " + fault.getLocation().getColumnNr() + ")";
  }
}
