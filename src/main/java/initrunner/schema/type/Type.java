package initrunner.schema.type;

import initrunner.schema.yaml.YamlValue;
import java.util.Optional;

/// What the value of a field must be. The types are plain data, so that they can decode a value,
/// say what is allowed, and be described to others by the same declaration.
public sealed interface Type<T>
    permits Text,
        Whole,
        Decimal,
        Flag,
        Choice,
        ScalarType,
        OrNull,
        ListOf,
        MapOf,
        JsonMapping,
        Parsed,
        Brief,
        Counted,
        Spelled,
        Section,
        Variants {

  /// The value, or empty after at least one fault was reported.
  Optional<T> decode(YamlValue yaml, Decoding decoding);

  /// What may stand there, to go after "allowed is".
  String allowed();
}
