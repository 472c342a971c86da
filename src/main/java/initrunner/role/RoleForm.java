package initrunner.role;

import initrunner.role.EnvelopeFields.Envelope;
import initrunner.schema.describe.Places;
import initrunner.schema.type.Section;
import initrunner.schema.yaml.YamlValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A form that a role file may have, and the documents that look like one and are none.
record RoleForm(Section<Envelope> root) {

  private static final List<String> OF_ENVELOPES =
      List.of("apiVersion", "kind", "metadata", "spec");
  private static final List<String> OF_FLAT_ROLES =
      List.of("name", "prompt", "model", "tools", "agents");
  private static final List<String> OTHER_KINDS =
      List.of("Team", "Flow", "Compose", "Service", "Pipeline", "TestSuite");

  /// `apiVersion`, `kind`, `metadata` and `spec`.
  static RoleForm envelope() {
    return new RoleForm(EnvelopeFields.ROOT);
  }

  /// All at the top level.
  static RoleForm flat() {
    return new RoleForm(FlatFields.ROOT);
  }

  /// Where in this form each key may stand.
  Map<String, List<String>> places() {
    return Places.of(root);
  }

  static RoleForm of(YamlValue document) {
    boolean isEnvelope = OF_ENVELOPES.stream().anyMatch(key -> document.child(key).isPresent());
    boolean isFlat = OF_FLAT_ROLES.stream().anyMatch(key -> document.child(key).isPresent());
    return isFlat && !isEnvelope ? flat() : envelope();
  }

  /// The value of `kind` where it is another kind of document, of which nothing else is worth a
  /// word.
  static Optional<YamlValue> otherKind(YamlValue document) {
    return document.child("kind").filter(kind -> OTHER_KINDS.contains(kind.raw()));
  }
}
