package initrunner.door.mcp;

import initrunner.door.jsonrpc.Json;
import initrunner.text.SafeText;
import java.util.Optional;

/// The client of a request, as it describes itself. Nothing of it is verified.
///
/// @param revision of the protocol that it speaks
/// @param canFillForms whether it shows a person the fields of a form (`elicitation/create`)
record Client(Revision revision, String name, String version, boolean canFillForms) {

  private static final int MOST_CHARACTERS = 100;

  /// A client before its `initialize`.
  static final Client UNKNOWN = new Client(Revision.V2025_11_25, "unknown", "", false);

  /// @param info its `clientInfo`
  /// @param capabilities its `capabilities`; an empty `elicitation` means forms
  static Client of(Revision revision, Optional<Json.Obj> info, Json.Obj capabilities) {
    boolean forms =
        capabilities
            .object("elicitation")
            .filter(modes -> modes.members().isEmpty() || modes.get("form").isPresent())
            .isPresent();
    return new Client(revision, text(info, "name", "unknown"), text(info, "version", ""), forms);
  }

  private static String text(Optional<Json.Obj> info, String member, String other) {
    return info.flatMap(each -> each.text(member))
        .map(text -> SafeText.oneLine(SafeText.cut(text, MOST_CHARACTERS)))
        .orElse(other);
  }

  /// Name and version for the audit log.
  String description() {
    return version.isEmpty() ? name : name + "/" + version;
  }
}
