package initrunner.schema.type;

/// A type of scalars with rules of its own. `toString` of a value is its text in YAML.
public non-sealed interface ScalarType<T> extends Type<T> {

  /// A regular expression to find in each allowed text.
  String pattern();

  /// The type or the types of JSON that its values are written as.
  default Object jsonType() {
    return "string";
  }
}
