package initrunner.role;

import initrunner.schema.type.Fields;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Whole;
import java.util.List;
import java.util.regex.Pattern;

/// A role's `metadata`: the name of the agent, and what helps to find it.
public record Metadata(
    String name,
    String description,
    List<String> tags,
    String author,
    String team,
    String version) {

  /// Keys of packaged roles.
  static final String OF_PACKAGES = "dependencies bundle";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*[a-z0-9]");
  private static final Pattern NAME_IN_FLAT_FORM = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");

  static final Section<Metadata> SECTION =
      Section.of(f ->
              of(
                  f,
                  Text.any()
                      .matching(NAME, "two or more of a-z, 0-9 and -, with no - at either end"),
                  new Whole(1, 2, "")))
          .ignoring(OF_PACKAGES);

  public Metadata {
    tags = List.copyOf(tags);
  }

  /// At the top level of the flat form.
  static Metadata inFlatForm(Fields f) {
    Text name = Text.any().matching(NAME_IN_FLAT_FORM, "a-z, 0-9 and -, with no - at either end");
    return of(f, name, new Whole(3, 3, ""));
  }

  /// @param versions of the role format
  private static Metadata of(Fields f, Text name, Whole versions) {
    Metadata metadata =
        new Metadata(
            f.required("name", name, "build-agent", "Name of the agent."),
            f.get("description", Text.any(), "", "What the agent is for."),
            f.get("tags", new ListOf<>(Text.any()), List.of(), "Words to find it by."),
            f.get("author", Text.any(), "", "Who wrote it."),
            f.get("team", Text.any(), "", "Who owns it."),
            f.get("version", Text.any(), "", "Version of the role."));
    f.get("spec_version", versions, versions.minimum(), "Version of the role format.");
    return metadata;
  }
}
