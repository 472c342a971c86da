package initrunner.runtime;

import initrunner.exec.Command;
import initrunner.exec.transport.LocalTransport;
import initrunner.exec.transport.SearchPath;
import initrunner.exec.transport.Transport;
import initrunner.launch.Launch;
import initrunner.launch.Launcher;
import initrunner.launch.PlainLauncher;
import initrunner.role.Role;
import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.ToolSettings;
import initrunner.runtime.confine.SandboxHost;
import initrunner.ssh.OpenSshTransport;
import initrunner.ssh.SshdExtension;
import initrunner.tool.policy.EnvironmentFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// One host for a role's tools, connected once for many tests.
final class ToolSide implements AutoCloseable {

  /// The hosts.
  enum Where {
    THIS_MACHINE,
    HOST_OVER_SSH
  }

  private final Transport transport;
  private final Where where;

  private ToolSide(Where where, Transport transport) {
    this.where = where;
    this.transport = transport;
  }

  static ToolSide open(Where where, SshdExtension sshd) {
    Transport transport =
        switch (where) {
          case THIS_MACHINE ->
              new LocalTransport(EnvironmentFilter.DEFAULT.filter(withSecrets()).kept());
          case HOST_OVER_SSH -> new OpenSshTransport(sshd.target());
        };
    transport.open();
    return new ToolSide(where, transport);
  }

  private static Map<String, String> withSecrets() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("OPENAI_API_KEY", "hunter2");
    environment.put("GITHUB_TOKEN", "hunter2");
    return environment;
  }

  /// The name for a person.
  String name() {
    return where == Where.THIS_MACHINE ? "this machine" : SshdExtension.HOST;
  }

  /// A role with these tools, whose commands start in the directory.
  RoleRuntime runtime(Path directory, ToolSettings... tools) {
    return runtime(directory, new PlainLauncher(), tools);
  }

  /// The same on a host where only these programs are found.
  RoleRuntime runtimeWithOnly(List<String> programs, Path directory, ToolSettings... tools)
      throws IOException {
    Path bin = Files.createTempDirectory(directory, "bin");
    for (String program : programs) {
      Files.createSymbolicLink(bin.resolve(program), SearchPath.find(program).orElseThrow());
    }
    return runtime(directory, wrapping("env", "PATH=" + bin), tools);
  }

  /// The same on a host with only BusyBox's programs.
  RoleRuntime runtimeWithBusybox(Path directory, ToolSettings... tools) throws IOException {
    return runtime(directory, busyboxAlone(directory), tools);
  }

  /// A launcher whose commands find only BusyBox's programs.
  static Launcher busyboxAlone(Path directory) throws IOException {
    Path busybox = SearchPath.find("busybox").orElseThrow();
    Path bin = Files.createTempDirectory(directory, "bin");
    Process list = new ProcessBuilder(busybox.toString(), "--list").start();
    for (String program : list.inputReader().readAllAsString().lines().toList()) {
      Files.createSymbolicLink(bin.resolve(program), busybox);
    }
    return wrapping("env", "PATH=" + bin);
  }

  /// A launcher that puts these words before every command.
  static Launcher wrapping(String... words) {
    return new Launcher() {
      @Override
      public Launch launch(Command command, String callId) {
        List<String> argv = new ArrayList<>(List.of(words));
        argv.addAll(command.argv());
        return Launch.plain(command.withArgv(argv));
      }

      @Override
      public String name() {
        return "wrapping";
      }
    };
  }

  /// The same, started by a launcher.
  RoleRuntime runtime(Path directory, Launcher launcher, ToolSettings... tools) {
    return runtime(directory, launcher, Stream.of(tools).map(ToolGrant::new).toList());
  }

  /// The same, with grants instead of plain settings.
  RoleRuntime runtime(Path directory, Launcher launcher, List<ToolGrant> tools) {
    Role role = Roles.role(directory, Backend.NONE, Optional.empty(), tools);
    Optional<String> host =
        where == Where.THIS_MACHINE ? Optional.empty() : Optional.of(SshdExtension.HOST);
    SandboxHost place =
        new SandboxHost(
            where == Where.THIS_MACHINE ? "none" : "ssh", host, Optional.of(directory.toString()));
    return RoleRuntime.open(
        role, new Sandbox(place, transport, launcher), Optional.empty(), "run1");
  }

  @Override
  public void close() {
    transport.close();
  }
}
