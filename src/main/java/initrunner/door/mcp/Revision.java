package initrunner.door.mcp;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The revisions of the protocol that the server speaks. Those up to 2025-11-25 begin with
/// `initialize`; since 2026-07-28 each request describes its client.
public enum Revision {
  V2025_03_26("2025-03-26", false),
  V2025_06_18("2025-06-18", false),
  V2025_11_25("2025-11-25", false),
  V2026_07_28("2026-07-28", true);

  private final String name;
  private final boolean isStateless;

  Revision(String name, boolean isStateless) {
    this.name = name;
    this.isStateless = isStateless;
  }

  /// Such as `2026-07-28`.
  String text() {
    return name;
  }

  public boolean isStateless() {
    return isStateless;
  }

  /// Whether calls may be tasks. Later, they are an extension.
  boolean hasTasks() {
    return this == V2025_11_25;
  }

  /// The revision of this name.
  public static Optional<Revision> named(String name) {
    return Arrays.stream(values()).filter(each -> each.name.equals(name)).findFirst();
  }

  /// The revision for a client that begins with `initialize`: the one it asks for, else the newest.
  static Revision initialized(String asked) {
    return named(asked).filter(each -> !each.isStateless).orElse(V2025_11_25);
  }

  /// The names of the stateless ones.
  static List<String> statelessNames() {
    return Arrays.stream(values()).filter(Revision::isStateless).map(Revision::text).toList();
  }
}
