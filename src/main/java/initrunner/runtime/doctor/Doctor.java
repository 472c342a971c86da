package initrunner.runtime.doctor;

import initrunner.exec.Command;
import initrunner.exec.TransportException;
import initrunner.exec.transport.LocalTransport;
import initrunner.exec.transport.SearchPath;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.PlainLauncher;
import initrunner.role.Role;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SshSettings;
import initrunner.role.sandbox.WorkspaceSettings;
import initrunner.runtime.RoleSandbox;
import initrunner.runtime.Sandbox;
import initrunner.runtime.confine.SandboxHost;
import initrunner.ssh.OpenSshTransport;
import initrunner.ssh.client.AskedLogins;
import initrunner.ssh.client.SshAliases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Examines what commands could run on and in, on this machine and on a role's host. Stateless;
/// each examination blocks for its answers.
public final class Doctor {

  /// Whether a batch job is sent: a role without Slurm needs no answer from it.
  public enum Slurm {
    EXAMINED,
    LEFT_OUT;

    /// Depends on the role's launcher.
    public static Slurm of(Role role) {
      return role.sandbox()
          .ssh()
          .filter(_ -> role.sandbox().backend() == SandboxSettings.Backend.SSH)
          .filter(ssh -> ssh.launcher() == SshSettings.Launcher.SLURM)
          .map(_ -> EXAMINED)
          .orElse(LEFT_OUT);
    }
  }

  private static final Duration NAMING = Duration.ofSeconds(5);

  private Doctor() {}

  /// Examines this machine: the ssh client, and each launcher.
  ///
  /// @param environment of this process
  public static List<Finding> thisMachine(Map<String, String> environment, Slurm slurm) {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        SearchPath.find("ssh").isPresent()
            ? Finding.ok("ssh client", "on PATH")
            : Finding.missing(
                "ssh client",
                "not on PATH",
                "apt install openssh-client, dnf install openssh-clients, or brew install openssh"));
    SandboxHost here = new SandboxHost("none", Optional.empty(), Optional.empty());
    try (Sandbox plain = new Sandbox(here, new LocalTransport(environment), new PlainLauncher())) {
      findings.addAll(LauncherExamination.of(plain::ask, slurm));
    }
    return findings;
  }

  /// What was found about a role.
  ///
  /// @param host its host; only the failure if it cannot connect, empty if the role names no host
  /// @param choice whether the role's own sandbox works, as its first call would find it
  public record OfRole(List<Finding> host, Finding choice) {}

  /// Examines a role's host and its own choice, over one connection.
  ///
  /// @param logins by which the login may ask a person; empty where none may
  public static OfRole role(
      Role role, Map<String, String> environment, Slurm slurm, Optional<AskedLogins> logins) {
    List<Finding> findings = new ArrayList<>();
    try (Sandbox sandbox = Sandbox.of(role, environment, environment, logins)) {
      Optional<TransportException> unreachable = examine(sandbox, role, slurm, findings);
      // Another login would fail for the same reason, and ask for the same answer.
      return new OfRole(
          findings,
          unreachable
              .map(failure -> Finding.missing("sandbox", failure))
              .orElseGet(() -> choice(sandbox, role)));
    } catch (LauncherUnavailableException e) {
      return new OfRole(List.of(Finding.missing("role", e)), Finding.missing("sandbox", e));
    }
  }

  /// Examines the host of a role with the ssh backend, over the same connection that its tools use.
  ///
  /// @param logins by which the login may ask a person; empty where none may
  /// @return only the failure if it cannot connect; only the connection's findings if commands have
  ///   no directory to start in; empty if the role names no host
  public static List<Finding> host(
      Role role, Map<String, String> environment, Slurm slurm, Optional<AskedLogins> logins) {
    List<Finding> findings = new ArrayList<>();
    try (Sandbox sandbox = Sandbox.of(role, environment, environment, logins)) {
      var _ = examine(sandbox, role, slurm, findings);
    } catch (LauncherUnavailableException e) {
      findings.add(Finding.missing("role", e));
    }
    return findings;
  }

  private static Optional<TransportException> examine(
      Sandbox sandbox, Role role, Slurm slurm, List<Finding> findings) {
    return onHost(
        sandbox,
        role,
        findings,
        () -> {
          findings.addAll(
              HostExamination.connection(
                  sandbox.transport() instanceof OpenSshTransport shared
                      ? shared.facts(HostExamination.SESSIONS_TRIED)
                      : Optional.empty()));
          findings.addAll(account(sandbox, role));
          findings.addAll(LauncherExamination.of(sandbox::ask, slurm, role.sandbox()));
        });
  }

  /// Examines the account that a role with the ssh backend has on its host, but none of the ways in
  /// which commands can be contained there.
  ///
  /// @return as [#host]
  public static List<Finding> account(Role role, Map<String, String> environment) {
    List<Finding> findings = new ArrayList<>();
    try (Sandbox sandbox = Sandbox.of(role, environment)) {
      var _ = onHost(sandbox, role, findings, () -> findings.addAll(account(sandbox, role)));
    } catch (LauncherUnavailableException e) {
      findings.add(Finding.missing("role", e));
    }
    return findings;
  }

  private static List<Finding> account(Sandbox sandbox, Role role) {
    sandbox.requireDirectory();
    return HostExamination.of(sandbox::ask, RoleSandbox.target(role.sandbox().ssh().orElseThrow()));
  }

  /// @return why the host cannot be reached; empty if it can
  private static Optional<TransportException> onHost(
      Sandbox sandbox, Role role, List<Finding> findings, Runnable examination) {
    if (sandbox.place().host().isEmpty() || role.sandbox().ssh().isEmpty()) {
      return Optional.empty();
    }
    try {
      sandbox.transport().open();
    } catch (TransportException e) {
      findings.add(Finding.missing("connect", e));
      return Optional.of(e);
    }
    try {
      examination.run();
    } catch (TransportException e) {
      boolean isDirectory = e.kind() == TransportException.Kind.COMMAND_INVALID;
      findings.add(
          isToBeMade(e, role)
              ? Finding.note(
                  "directory",
                  sandbox.place().directory().orElse("") + " is not there yet",
                  "The first run makes it, with the files of the role's workspace.")
              : Finding.missing(isDirectory ? "directory" : "connect", e));
    } catch (LauncherUnavailableException e) {
      findings.add(Finding.missing("role", e));
    }
    return Optional.empty();
  }

  /// The hosts that the user's ssh configuration names. Blocks for a shell of this machine; none if
  /// that cannot tell.
  public static List<String> namedHosts(Map<String, String> environment) {
    return namedHosts(environment, Optional.empty());
  }

  /// The same of another configuration.
  public static List<String> namedHosts(Map<String, String> environment, Optional<Path> file) {
    SandboxHost here = new SandboxHost("none", Optional.empty(), Optional.empty());
    try (Sandbox plain = new Sandbox(here, new LocalTransport(environment), new PlainLauncher())) {
      List<String> argv = new ArrayList<>(List.of("sh", "-c", SshAliases.script(), "sh"));
      file.ifPresent(other -> argv.add(other.toString()));
      Command question = Command.of("sh").withArgv(argv);
      return plain.ask(question, NAMING).stdout().lines().toList();
    } catch (TransportException none) {
      return List.of();
    }
  }

  /// Whether the role's own sandbox works, as its first call would find it.
  public static Finding choice(Role role, Map<String, String> environment) {
    try (Sandbox sandbox = Sandbox.of(role, environment)) {
      return choice(sandbox, role);
    } catch (LauncherUnavailableException e) {
      return Finding.missing("sandbox", e);
    }
  }

  private static Finding choice(Sandbox sandbox, Role role) {
    try {
      sandbox.open();
      return Finding.ok("sandbox", "commands can run as the role says");
    } catch (TransportException e) {
      return isToBeMade(e, role)
          ? Finding.note(
              "sandbox",
              "can be looked at when its directory is there",
              "Look again after the first run, or after: initrunner sync")
          : Finding.missing("sandbox", e);
    } catch (LauncherUnavailableException e) {
      return Finding.missing("sandbox", e);
    }
  }

  /// Whether the directory is missing, and the first way of a workspace there makes it.
  private static boolean isToBeMade(TransportException failure, Role role) {
    return failure.kind() == TransportException.Kind.COMMAND_INVALID
        && WorkspaceSettings.of(role.sandbox())
            .filter(workspace -> workspace.push() != WorkspaceSettings.Push.NEVER)
            .isPresent();
  }
}
