package initrunner.ssh.master;

import initrunner.ssh.client.SshClient;
import initrunner.ssh.client.SshConfiguration;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.shell.LoginShell;
import java.util.Optional;

/// Masters without a login.
final class Masters {

  private Masters() {}

  /// One whose socket, if there is any, is another's.
  static Master without(PrivateDirectory directory) {
    SshClient client = new SshClient(SshTarget.of("nowhere"), System.getenv("PATH"));
    MasterWatch watch = new MasterWatch(client, Master.controlPath(directory));
    watch.close();
    return new Master(
        client,
        SshConfiguration.EMPTY,
        new LoginShell(LoginShell.Quoting.POSIX, true, false, false, "@mark"),
        Optional.empty(),
        watch,
        directory);
  }
}
