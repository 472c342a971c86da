package initrunner.role.tools;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.role.Snippet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolFieldsTest {

  private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);

  @TempDir private Path directory;

  @Test
  void eachToolHasItsDefaults() throws IOException {
    String role =
        """
        - type: python
        - type: script
          scripts: [{name: a, body: echo}]
        - type: filesystem
        - type: git
        """;

    assertThat(load(role).tools().stream().map(ToolGrant::tool))
        .containsExactly(
            new PythonSettings(Optional.empty(), HALF_A_MINUTE, 102_400, true),
            new ScriptSettings(
                List.of(script("a", "echo", Optional.empty(), List.of(), Optional.empty())),
                "/bin/sh",
                HALF_A_MINUTE,
                102_400,
                Optional.empty()),
            new FilesystemSettings(".", List.of(), true, HALF_A_MINUTE, 102_400),
            new GitSettings(".", true, HALF_A_MINUTE, 102_400));
  }

  @Test
  void eachToolHasWhatTheRoleSays() throws IOException {
    String role =
        """
        - {type: python, working_dir: sub, timeout_seconds: 5, network_disabled: false}
        - type: script
          interpreter: bash
          scripts:
            - name: deploy
              body: |
                echo "$API_TOKEN"
              interpreter: python3
              timeout_seconds: 7
              parameters: [{name: api_token, required: true, default: x}]
        - {type: filesystem, root_path: ~/src, allowed_extensions: [.md], read_only: false}
        - {type: git, repo_path: src, read_only: false, max_output_bytes: 9}
        """;
    List<ToolSettings> tools = load(role).tools().stream().map(ToolGrant::tool).toList();

    assertThat(tools)
        .containsExactly(
            new PythonSettings(Optional.of("sub"), Duration.ofSeconds(5), 102_400, false),
            new ScriptSettings(
                List.of(
                    script(
                        "deploy",
                        "echo \"$API_TOKEN\"\n",
                        Optional.of("python3"),
                        List.of(new ScriptSettings.Parameter("api_token", "", true, "x")),
                        Optional.of(Duration.ofSeconds(7)))),
                "bash",
                HALF_A_MINUTE,
                102_400,
                Optional.empty()),
            new FilesystemSettings("~/src", List.of(".md"), false, HALF_A_MINUTE, 102_400),
            new GitSettings("src", false, HALF_A_MINUTE, 9));
    assertThat(tools.stream().map(ToolSettings::summary))
        .containsExactly(
            "Tool python: any code. Starts in sub. Each has 5 s; the model sees 102400 bytes of"
                + " its output.",
            "Tool script: deploy(api_token) by python3. Each has 30 s; the model sees 102400 bytes"
                + " of its output.",
            "Tool filesystem: reads and writes files named *.md below ~/src, where the tools run."
                + " Each has 30 s; the model sees 102400 bytes of its output.",
            "Tool git: reads and commits to the repository at src, where the tools run."
                + " Each has 30 s; the model sees 9 bytes of its output.");
  }

  private static ScriptSettings.Script script(
      String name,
      String body,
      Optional<String> interpreter,
      List<ScriptSettings.Parameter> parameters,
      Optional<Duration> timeout) {
    return new ScriptSettings.Script(name, "", body, interpreter, parameters, timeout, List.of());
  }

  private Role load(String tools) throws IOException {
    return RoleLoader.load(
        Files.writeString(directory.resolve("r.yaml"), Snippet.at("tools").roleWith(tools)));
  }
}
