package initrunner.schema.type;

/// A type of scalars that has rules of its own. Its values are what they are written as, or have it
/// as their `toString`.
public non-sealed interface ScalarType<T> extends Type<T> {

  /// A regular expression that is found in every value as it is written.
  String pattern();
}
