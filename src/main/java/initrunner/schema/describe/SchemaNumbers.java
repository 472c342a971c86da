package initrunner.schema.describe;

import initrunner.schema.type.Decimal;
import initrunner.schema.type.Whole;
import java.util.List;
import java.util.SequencedMap;

/// The schemas of numbers. A number may stand in quotes, where a schema can look at its digits
/// only.
final class SchemaNumbers {

  private SchemaNumbers() {}

  static SequencedMap<String, Object> of(Whole whole) {
    SequencedMap<String, Object> schema = JsonSchema.ofType(List.of("integer", "string"));
    schema.put("minimum", whole.minimum());
    schema.put("maximum", whole.maximum());
    schema.put("pattern", "^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$");
    return schema;
  }

  static SequencedMap<String, Object> of(Decimal decimal) {
    SequencedMap<String, Object> schema = JsonSchema.ofType(List.of("number", "string"));
    schema.put(decimal.minimumIsAllowed() ? "minimum" : "exclusiveMinimum", decimal.minimum());
    if (decimal.maximum() < Double.MAX_VALUE) {
      schema.put("maximum", decimal.maximum());
    }
    schema.put("pattern", "^[-+]?(?:[.][0-9]+|[0-9]+([.][0-9]*)?)([eE][-+]?[0-9]+)?$");
    return schema;
  }
}
