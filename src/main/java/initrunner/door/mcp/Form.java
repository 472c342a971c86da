package initrunner.door.mcp;

/// The form of a tool's results.
public enum Form {
  /// Text alone. Clients that get both forms show their model only the structure.
  TEXT,
  /// Text and `structuredContent`, each of them complete.
  STRUCTURED
}
