package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.schema.ConfigFault;
import java.util.stream.Collectors;

/// A few lines put into an otherwise good role at one place, indented as that place needs.
///
/// @param path of the place
/// @param before the role up to there
/// @param indent blanks before each line
public record Snippet(String path, String before, int indent) {

  private static final String HEAD =
      """
      apiVersion: initrunner/v1
      kind: Agent
      metadata:
        name: build-agent
      spec:
        role: You build.
      """;

  public static Snippet at(String place) {
    return switch (place) {
      case "file" -> new Snippet("", "", 0);
      case "flat" -> new Snippet("", "name: a\nprompt: You build.\n", 0);
      case "" -> new Snippet("", HEAD, 0);
      case "metadata" -> new Snippet("metadata", HEAD.replaceFirst("(?s)spec:.*", ""), 2);
      case "spec" -> new Snippet("spec", HEAD, 2);
      case "model" -> new Snippet("spec.model", HEAD + "  model:\n", 4);
      case "tools" -> new Snippet("spec.tools", HEAD + "  tools:\n", 4);
      case "shell" -> new Snippet("spec.tools[0]", HEAD + "  tools:\n    - type: shell\n", 6);
      case "script" ->
          new Snippet(
              "spec.tools[0].scripts", HEAD + "  tools:\n    - type: script\n      scripts:\n", 8);
      case "guardrails" -> new Snippet("spec.guardrails", HEAD + "  guardrails:\n", 4);
      case "security" -> new Snippet("spec.security", HEAD + "  security:\n", 4);
      case "sandbox" -> sandbox("sandbox", "", 6);
      case "docker" -> sandbox("sandbox.docker", "      docker:\n", 8);
      case "ssh" ->
          sandbox("sandbox.ssh", "      backend: ssh\n      ssh:\n        host: my-build-box\n", 8);
      case "slurm" ->
          sandbox(
              "sandbox.ssh.slurm",
              "      backend: ssh\n      ssh:\n        host: my-build-box\n        slurm:\n",
              10);
      case "bare ssh" -> sandbox("sandbox.ssh", "      backend: ssh\n      ssh:\n", 8);
      case "on ssh" ->
          sandbox("sandbox", "      backend: ssh\n      ssh:\n        host: my-build-box\n", 6);
      default -> throw new IllegalArgumentException(place);
    };
  }

  private static Snippet sandbox(String path, String more, int indent) {
    return new Snippet(
        "spec.security." + path, HEAD + "  security:\n    sandbox:\n" + more, indent);
  }

  public String roleWith(String lines) {
    String after = path.equals("metadata") ? "spec:\n  role: You build.\n" : "";
    return before
        + lines.lines().map(line -> " ".repeat(indent) + line + "\n").collect(Collectors.joining())
        + after;
  }

  /// A fault as `line:column key: message`, by the snippet's own lines and columns and without the
  /// place's path.
  String relative(ConfigFault fault) {
    assertThat(fault.path()).startsWith(path);
    String key = fault.path().substring(path.length());
    return (fault.line() - (int) before.lines().count())
        + ":"
        + (fault.column() - indent)
        + " "
        + (key.startsWith(".") ? key.substring(1) : key)
        + ": "
        + fault.message();
  }
}
