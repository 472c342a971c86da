package initrunner.role;

import java.util.List;

/// A role's `metadata`: its name and what a catalogue would want to know.
public record Metadata(
    String name,
    String description,
    List<String> tags,
    String author,
    String team,
    String version) {

  public Metadata {
    tags = List.copyOf(tags);
  }
}
