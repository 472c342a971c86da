package initrunner.schema.yaml;

/// What a YAML value is, in a user's words.
public enum YamlKind {
  EMPTY("has no value"),
  TEXT("is text"),
  WHOLE("is a whole number"),
  DECIMAL("is a decimal number"),
  FLAG("is true or false"),
  LIST("is a list"),
  MAPPING("is a mapping");

  private final String phrase;

  YamlKind(String phrase) {
    this.phrase = phrase;
  }

  String phrase() {
    return phrase;
  }

  public boolean isScalar() {
    return this != LIST && this != MAPPING;
  }

  static YamlKind of(YamlNode node) {
    return switch (node) {
      case YamlNode.Scalar scalar -> scalar.kind();
      case YamlNode.Sequence _ -> LIST;
      case YamlNode.Mapping _ -> MAPPING;
    };
  }
}
