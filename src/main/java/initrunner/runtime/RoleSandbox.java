package initrunner.runtime;

import initrunner.exec.LocalTransport;
import initrunner.exec.Transport;
import initrunner.launch.Launcher;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.PlainLauncher;
import initrunner.launch.Probe;
import initrunner.role.Role;
import initrunner.role.SandboxSettings;
import initrunner.role.SshSettings;
import initrunner.ssh.OpenSshTransport;
import initrunner.ssh.SshProcessTransport;
import initrunner.ssh.SshTarget;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// From what a role says to the place and the way: the one joint of where and how. Stateless.
final class RoleSandbox {

  private RoleSandbox() {}

  static Sandbox of(Role role, Map<String, String> ownEnvironment) {
    SandboxSettings settings = role.sandbox();
    Variables variables = Variables.of(role, ownEnvironment);
    return switch (settings.backend()) {
      case SSH -> {
        SshSettings ssh =
            settings.ssh().orElseThrow(() -> new IllegalArgumentException("sandbox.ssh is unset"));
        yield new Sandbox(
            new Place("ssh", Optional.of(ssh.host()), ssh.remoteCwd()),
            transport(ssh),
            _ -> new PlainLauncher(),
            variables);
      }
      case NONE, AUTO, BWRAP, DOCKER ->
          new Sandbox(
              onThisMachine(settings.backend(), role.file()),
              new LocalTransport(variables.filter().filter(ownEnvironment).kept()),
              launcher(settings),
              variables);
    };
  }

  private static Place onThisMachine(SandboxSettings.Backend backend, Path roleFile) {
    String directory =
        Optional.ofNullable(roleFile.toAbsolutePath().getParent()).map(Path::toString).orElse("/");
    return new Place(
        backend.name().toLowerCase(Locale.ROOT), Optional.empty(), Optional.of(directory));
  }

  private static Transport transport(SshSettings settings) {
    SshTarget target =
        new SshTarget(
            settings.host(),
            settings.identityFile(),
            settings.configFile(),
            settings.connectTimeout(),
            settings.controlPersist());
    return switch (settings.transport()) {
      case AUTO -> new OpenSshTransport(target);
      case PROCESS -> new SshProcessTransport(target);
    };
  }

  private static Function<Probe, Launcher> launcher(SandboxSettings settings) {
    return switch (settings.backend()) {
      case NONE, SSH -> _ -> new PlainLauncher();
      case AUTO, BWRAP, DOCKER ->
          throw new LauncherUnavailableException(
              "Sandbox backend '"
                  + settings.backend().name().toLowerCase(Locale.ROOT)
                  + "' unavailable: not available in this version",
              "Use backend: ssh with a host you do not mind to run on, or backend: none for this"
                  + " machine without isolation.");
    };
  }
}
