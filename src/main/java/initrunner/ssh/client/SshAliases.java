package initrunner.ssh.client;

import initrunner.text.PackagedText;

/// The hosts that the user's ssh configuration names. Stateless.
public final class SshAliases {

  private SshAliases() {}

  /// A script of the POSIX shell that prints them, one on a line, without patterns.
  public static String script() {
    return PackagedText.read(SshAliases.class, "aliases.sh");
  }
}
