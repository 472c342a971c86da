package initrunner.role;

import initrunner.role.SandboxSettings.Backend;
import initrunner.role.SandboxSettings.Network;

/// What `backend: ssh` needs, and what cannot hold on a host that is merely reached.
final class SshRules {

  private static final String NO_SHARED_FILESYSTEM =
      " is not supported by backend ssh: the two machines share no filesystem; remove it, and put "
          + "files on the remote host ahead of time";

  private SshRules() {}

  static void check(Values sandbox, Decoding decoding) {
    if (sandbox.find(SandboxFields.BACKEND).filter(Backend.SSH::equals).isEmpty()) {
      return;
    }
    if (sandbox.find(SandboxFields.SSH).filter(ssh -> ssh.isEmpty()).isPresent()) {
      Spot at = sandbox.written(SandboxFields.BACKEND).orElseThrow();
      decoding.fault(
          at.name(),
          sandbox.mapping().pathOf("ssh"),
          "sandbox.ssh is unset, and backend ssh needs a host; add ssh: with host: my-build-box in "
              + "it, beside backend");
    }
    refuseIfFilled(SandboxFields.BIND_MOUNTS, sandbox, decoding);
    refuseIfFilled(SandboxFields.ALLOWED_READ_PATHS, sandbox, decoding);
    refuseIfFilled(SandboxFields.ALLOWED_WRITE_PATHS, sandbox, decoding);
    if (sandbox.find(SandboxFields.NETWORK).filter(Network.BRIDGE::equals).isPresent()) {
      Spot at = sandbox.written(SandboxFields.NETWORK).orElseThrow();
      decoding.fault(
          at.node(),
          at.path(),
          "network: bridge is not meaningful with backend ssh, which cannot enforce a network "
              + "policy on the remote host; write none (informational) or host");
    }
  }

  /// Looks at what is written, so that a list with faults of its own is refused as well.
  private static void refuseIfFilled(Field<?> field, Values sandbox, Decoding decoding) {
    sandbox
        .written(field)
        .filter(spot -> !spot.items().isEmpty())
        .ifPresent(
            spot -> decoding.fault(spot.name(), spot.path(), field.key() + NO_SHARED_FILESYSTEM));
  }
}
