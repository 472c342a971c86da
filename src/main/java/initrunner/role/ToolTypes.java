package initrunner.role;

import java.util.LinkedHashMap;
import java.util.Map;

/// The entries of `spec.tools`, by their `type`.
final class ToolTypes {

  static final Variants<ToolGrant> TOOL = new Variants<>(grants(), Map.of());

  private ToolTypes() {}

  private static Map<String, Section<? extends ToolGrant>> grants() {
    Map<String, Section<? extends ToolGrant>> grants = new LinkedHashMap<>();
    sections().forEach((type, section) -> grants.put(type, GrantFields.of(section)));
    return grants;
  }

  private static Map<String, Section<? extends ToolSettings>> sections() {
    Map<String, Section<? extends ToolSettings>> sections = new LinkedHashMap<>();
    sections.put("shell", ToolFields.SHELL);
    sections.put("python", PythonFields.SECTION);
    sections.put("script", ScriptFields.SECTION);
    sections.put("filesystem", FilesystemFields.SECTION);
    sections.put("git", GitFields.SECTION);
    return sections;
  }
}
