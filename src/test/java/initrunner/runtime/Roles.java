package initrunner.runtime;

import initrunner.role.Execution;
import initrunner.role.Guardrails;
import initrunner.role.Metadata;
import initrunner.role.Role;
import initrunner.role.Security;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.sandbox.SshSettings;
import initrunner.role.tools.ShellSettings;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.ToolSettings;
import initrunner.ssh.SshdExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Roles as values, with only what a test sets.
public final class Roles {

  static final ShellSettings SHELL =
      new ShellSettings(
          List.of(), List.of("rm", "sudo"), Optional.empty(), Duration.ofSeconds(30), 102_400);

  private Roles() {}

  static Role onThisMachine(Path directory, ShellSettings shell) {
    return role(directory, Backend.NONE, Optional.empty(), shell);
  }

  static Role overSsh(SshdExtension sshd, ShellSettings shell) {
    return overSsh(SshdExtension.HOST, sshd, Optional.of(sshd.home().toString()), shell);
  }

  static Role overSsh(
      String host, SshdExtension sshd, Optional<String> remoteCwd, ShellSettings shell) {
    return role(
        sshd.directory(),
        Backend.SSH,
        Optional.of(
            new SshSettings(
                host,
                remoteCwd,
                Optional.empty(),
                Optional.of(sshd.configFile()),
                Duration.ofSeconds(10),
                "60s",
                SshSettings.Transport.AUTO)),
        shell);
  }

  public static Role role(
      Path directory, Backend backend, Optional<SshSettings> ssh, ToolSettings... tools) {
    return role(directory, backend, ssh, Stream.of(tools).map(ToolGrant::new).toList());
  }

  public static Role role(
      Path directory, Backend backend, Optional<SshSettings> ssh, List<ToolGrant> tools) {
    return new Role(
        directory.resolve("role.yaml"),
        new Metadata("build-agent", "", List.of(), "", "", ""),
        "You are a build assistant.",
        Optional.empty(),
        tools,
        new Security(SandboxSettings.DEFAULT.with(backend, ssh)),
        Guardrails.DEFAULT,
        Execution.DEFAULT);
  }

  static ShellSettings shell(Duration timeout, int maxOutputBytes) {
    return new ShellSettings(
        SHELL.allowedCommands(),
        SHELL.blockedCommands(),
        Optional.empty(),
        timeout,
        maxOutputBytes);
  }

  public static ShellSettings shellIn(String workingDir) {
    return new ShellSettings(
        SHELL.allowedCommands(),
        SHELL.blockedCommands(),
        Optional.of(workingDir),
        SHELL.timeout(),
        SHELL.maxOutputBytes());
  }
}
