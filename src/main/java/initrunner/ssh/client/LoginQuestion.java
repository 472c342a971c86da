package initrunner.ssh.client;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/// What `ssh` asks during a login. Immutable.
///
/// @param host as the role names it
/// @param jumpHosts those on the way there, if one of them asks and not the host itself
/// @param said what `ssh` has said since the question before: a banner, an instruction
/// @param text of the question, as `ssh` or a server wrote it: not fit to be shown as it is
/// @param patience how long the answer is waited for
/// @param occasion what the login is for
public record LoginQuestion(
    String host,
    List<String> jumpHosts,
    String said,
    String text,
    Duration patience,
    Occasion occasion) {

  /// The question of `ssh` about a host's key (`confirm` in OpenSSH's `sshconnect.c`). A server's
  /// own question begins with the name of its account.
  private static final Pattern YES_OR_NO =
      Pattern.compile(
          "\\AThe authenticity of host '.*\\(yes/no|\\APlease type 'yes'", Pattern.DOTALL);

  /// What a login is for.
  public enum Occasion {
    FIRST,
    /// A connection of this process that a person has answered for is gone.
    AGAIN
  }

  public LoginQuestion {
    jumpHosts = List.copyOf(jumpHosts);
  }

  /// Whether the answer is no secret.
  public boolean isYesOrNo() {
    return YES_OR_NO.matcher(text).find();
  }
}
