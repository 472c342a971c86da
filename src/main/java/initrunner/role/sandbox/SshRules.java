package initrunner.role.sandbox;

import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.sandbox.SandboxSettings.Network;
import initrunner.role.sandbox.SshSettings.Launcher;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Values;
import initrunner.schema.yaml.YamlValue;
import java.util.Optional;
import java.util.Set;

/// What `backend: ssh` needs, and what ssh cannot enforce on a host without a launcher that
/// contains commands.
final class SshRules {

  private static final String NO_SHARED_FILESYSTEM =
      " is not supported by backend ssh: the two machines share no filesystem; remove it, and put "
          + "files on the remote host ahead of time, or set ssh.launcher: bwrap or docker, with "
          + "which it names paths of that host";

  private static final String NO_MOUNT =
      " is not supported by backend ssh: the two machines share no filesystem; write local: true"
          + " in the entry for a path of this machine, whose copy is then staged there, or set"
          + " ssh.launcher: bwrap or docker, with which it names paths of that host";

  private static final String IN_BUBBLEWRAP =
      "is unavailable with bubblewrap, which has no network or the host's; write none or host,"
          + " or use docker";

  private static final Set<String> WHOLE = Set.of("~", "~/.", ".", "/");

  private SshRules() {}

  static void check(Values sandbox, Decoding decoding) {
    if (sandbox.has(SandboxSettings.BACKEND, Backend.BWRAP)) {
      refuseBridge(sandbox, decoding, IN_BUBBLEWRAP);
    }
    if (!sandbox.has(SandboxSettings.BACKEND, Backend.SSH)) {
      return;
    }
    if (sandbox.has(SandboxSettings.SSH, Optional.empty())) {
      YamlValue at = sandbox.written(SandboxSettings.BACKEND).orElseThrow();
      decoding.fault(
          at.name(),
          sandbox.mapping().pathOf("ssh"),
          "sandbox.ssh is unset, and backend ssh needs a host; add ssh: with host: my-build-box in "
              + "it, beside backend");
    }
    checkWorkspace(sandbox, decoding);
    switch (launcher(sandbox)) {
      case NONE, SLURM -> refuseWhatNeedsContainment(sandbox, decoding);
      // The launcher mounts the paths and enforces the network.
      case BWRAP -> {
        requireDirectory(sandbox, decoding);
        refuseBridge(sandbox, decoding, IN_BUBBLEWRAP);
      }
      case DOCKER -> requireDirectory(sandbox, decoding);
    }
  }

  /// The home directory holds the files that decide who may log in.
  private static void requireDirectory(Values sandbox, Decoding decoding) {
    SshSettings ssh = sandbox.find(SandboxSettings.SSH).flatMap(found -> found).orElseThrow();
    if (ssh.remoteCwd().isPresent()) {
      return;
    }
    YamlValue at =
        sandbox
            .written(SandboxSettings.SSH)
            .flatMap(block -> block.child(SshSettings.LAUNCHER.key()))
            .orElseThrow();
    decoding.fault(
        at.node(),
        at.path(),
        at.raw()
            + " without remote_cwd would give commands the whole home directory there, with its "
            + "keys, as /work; write beside it remote_cwd: and a directory there, as ~/agent, or "
            + "remote_cwd: \"~\" (in quotes) to give them all of it");
  }

  /// All of the remote directory is compared with the tree here, and comes back.
  private static void checkWorkspace(Values sandbox, Decoding decoding) {
    Optional<SshSettings> ssh = sandbox.find(SandboxSettings.SSH).flatMap(found -> found);
    if (ssh.flatMap(SshSettings::workspace).isEmpty()) {
      return;
    }
    YamlValue block = sandbox.written(SandboxSettings.SSH).orElseThrow();
    Optional<String> directory = ssh.get().remoteCwd();
    if (directory.isEmpty()) {
      YamlValue at = block.child(SshSettings.WORKSPACE.key()).orElseThrow();
      decoding.fault(
          at.name(),
          at.path(),
          "workspace without remote_cwd would exchange the whole home directory there; write"
              + " beside it remote_cwd: and a directory there, as ~/agent, which the first run"
              + " makes");
    } else if (WHOLE.contains(directory.get().replaceFirst("(?<=.)/+$", ""))) {
      YamlValue at = block.child(SshSettings.REMOTE_CWD.key()).orElseThrow();
      decoding.refuse(
          at,
          "is a whole home directory or system, and a workspace would bring all of it here",
          "a directory of the host for the workspace alone",
          "write for example remote_cwd: ~/agent");
    }
  }

  /// How commands start on the host; [Launcher#NONE] if the field has a fault.
  static Launcher launcher(Values sandbox) {
    return sandbox
        .find(SandboxSettings.SSH)
        .flatMap(ssh -> ssh)
        .map(SshSettings::launcher)
        .orElse(Launcher.NONE);
  }

  private static void refuseWhatNeedsContainment(Values sandbox, Decoding decoding) {
    sandbox
        .written(SandboxSettings.BIND_MOUNTS)
        .filter(mounts -> !mounts.items().stream().allMatch(LocalMountRules::isLocal))
        .ifPresent(mounts -> decoding.fault(mounts, SandboxSettings.BIND_MOUNTS.key() + NO_MOUNT));
    refuseIfFilled(SandboxSettings.ALLOWED_READ_PATHS, sandbox, decoding);
    refuseIfFilled(SandboxSettings.ALLOWED_WRITE_PATHS, sandbox, decoding);
    refuseBridge(
        sandbox,
        decoding,
        "is not meaningful with backend ssh, which cannot enforce a network policy on the remote "
            + "host; write none (informational) or host, or set ssh.launcher: docker");
  }

  private static void refuseBridge(Values sandbox, Decoding decoding, String why) {
    if (sandbox.has(SandboxSettings.NETWORK, Network.BRIDGE)) {
      YamlValue at = sandbox.written(SandboxSettings.NETWORK).orElseThrow();
      decoding.fault(at.node(), at.path(), "network: bridge " + why);
    }
  }

  /// Reads the YAML, so that a list with faults of its own is refused, too.
  private static void refuseIfFilled(Field<?> field, Values sandbox, Decoding decoding) {
    sandbox
        .written(field)
        .filter(yaml -> !yaml.items().isEmpty())
        .ifPresent(yaml -> decoding.fault(yaml, field.key() + NO_SHARED_FILESYSTEM));
  }
}
