package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.role.RoleLoader;
import initrunner.role.tools.DateTimeSettings;
import initrunner.role.tools.FilesystemSettings;
import initrunner.role.tools.GitSettings;
import initrunner.role.tools.JobsSettings;
import initrunner.role.tools.PortRange;
import initrunner.role.tools.PortsSettings;
import initrunner.role.tools.PythonSettings;
import initrunner.role.tools.ScriptSettings;
import initrunner.role.tools.TerminalSettings;
import initrunner.role.tools.ThinkSettings;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.ToolSettings;
import initrunner.role.tools.ToolTypes;
import initrunner.role.tools.TransferSettings;
import initrunner.runtime.confine.SandboxHost;
import initrunner.tool.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoleToolsTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final SandboxHost PLACE =
      new SandboxHost("ssh", Optional.of("box"), Optional.of("/srv/work"));

  /// One of each tool, but for scripts, whose functions a role names.
  private static final List<ToolSettings> TOOLS =
      List.of(
          Roles.SHELL,
          JobsSettings.DEFAULT,
          TerminalSettings.DEFAULT,
          new PythonSettings(Optional.empty(), MINUTE, 1000, true),
          new FilesystemSettings(".", List.of(), false, MINUTE, 1000),
          new TransferSettings(
              Optional.of(Path.of(".")), ".", true, true, true, List.of(), 1, MINUTE),
          new PortsSettings(List.of(new PortRange(1, 9)), List.of("node7"), MINUTE, 1000),
          new GitSettings(".", false, MINUTE, 1000),
          new DateTimeSettings("UTC"),
          new ThinkSettings(true));

  @Test
  void theTestsBelowKnowEveryTool() {
    assertThat(Stream.concat(TOOLS.stream().map(Object::getClass), Stream.of(ScriptSettings.class)))
        .hasSameElementsAs(List.of(ToolSettings.class.getPermittedSubclasses()))
        .hasSameSizeAs(ToolTypes.TOOL.sections().keySet());
  }

  /// Rules are checked against a tool's settings, calls against its parameters.
  @Test
  void rulesMayNameEveryArgumentThatAToolHasAndNoOther() throws ReflectiveOperationException {
    for (ToolSettings tool : TOOLS) {
      Object declared = tool.getClass().getField("PARAMETERS").get(null);
      assertThat(Set.copyOf(arguments(tool).toList())).isEqualTo(Set.copyOf((List<?>) declared));
    }
    assertThat(
            RoleTools.of(new ToolGrant(new GitSettings(".", false, MINUTE, 1000)), PLACE)
                .getFirst()
                .otherNames()
                .keySet())
        .hasSameElementsAs(GitSettings.OTHER_NAMES);
  }

  /// Two functions of one name could not have rules of their own.
  @Test
  void noScriptHasTheNameOfAFunctionOfAnotherTool(@TempDir Path directory) {
    assertThat(
            TOOLS.stream()
                .flatMap(settings -> RoleTools.of(new ToolGrant(settings), PLACE).stream())
                .map(Tool::name))
        .hasSizeGreaterThan(15)
        .allSatisfy(name ->
            assertThatThrownBy(() -> RoleLoader.load(roleWithScript(directory, name)))
                .hasMessageContaining("is the name of a function of another tool"));
  }

  private static Path roleWithScript(Path directory, String name) throws IOException {
    return Files.writeString(
        directory.resolve("role.yaml"),
        "name: a\nprompt: p\ntools: [{script: {scripts: [{name: %s, body: ls}]}}]\n"
            .formatted(name));
  }

  @Test
  void aToolBelowTheRolesDirectoryKnowsItsPathsFromTheRoot() {
    Tool read =
        RoleTools.of(
                new ToolGrant(new FilesystemSettings("./a", List.of(), true, MINUTE, 1000)), PLACE)
            .getFirst();

    assertThat(read.otherWaysOfWriting(Map.of("path", "key")))
        .contains(Map.of("path", "/srv/work/a/key"));
    assertThat(read.otherWaysOfWriting(Map.of("path", "/srv/work/a/key")))
        .contains(Map.of("path", "key"));
  }

  private static Stream<String> arguments(ToolSettings settings) {
    return RoleTools.of(new ToolGrant(settings), PLACE).stream()
        .flatMap(tool -> tool.parameters().stream())
        .map(Tool.Parameter::name);
  }
}
