package initrunner.ssh.mux;

import initrunner.ssh.client.SshConfiguration;
import initrunner.ssh.mux.FrameWriter.WantReply;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The requests that `ssh` makes on a session before the command, for the user's configuration:
/// `ForwardAgent`, `SendEnv`, `SetEnv` (`ssh_session2_setup` in OpenSSH's `ssh.c`,
/// `client_session2_setup` in `clientloop.c`). Immutable.
public record SessionRequests(boolean forwardsAgent, List<Variable> variables) {

  private static final Logger LOG = System.getLogger(SessionRequests.class.getName());

  /// None.
  public static final SessionRequests NONE = new SessionRequests(false, List.of());

  public record Variable(String name, String value) {}

  public SessionRequests {
    variables = List.copyOf(variables);
  }

  /// What the user's configuration asks for in a session.
  ///
  /// @param environment of this process, out of which `SendEnv` picks
  public static SessionRequests of(
      SshConfiguration configuration, Map<String, String> environment) {
    List<Variable> variables = new ArrayList<>();
    environment.forEach((name, value) -> {
      if (configuration.sendEnv().stream().anyMatch(pick -> matches(pick, name))) {
        if (isText(value)) {
          variables.add(new Variable(name, value));
        } else {
          LOG.log(
              Level.WARNING,
              "SendEnv: {0} is not sent, as it is no text in this locale; with LC_ALL=C.UTF-8 set,"
                  + " it may be",
              name);
        }
      }
    });
    for (String setting : configuration.setEnv()) {
      int equals = setting.indexOf('=');
      if (equals > 0) {
        variables.add(new Variable(setting.substring(0, equals), setting.substring(equals + 1)));
      }
    }
    return new SessionRequests(configuration.forwardsAgent(), variables);
  }

  /// Java reads the environment in the encoding of the locale, and puts this where it cannot.
  private static boolean isText(String value) {
    return value.indexOf('\uFFFD') < 0;
  }

  /// The wildcards of `match.c`: `*` and `?`, nothing else. Goes back to the last `*` alone, so
  /// that no pattern takes longer than its length times the name's.
  public static boolean matches(String pattern, String name) {
    int inPattern = 0;
    int inName = 0;
    int lastStar = -1;
    int nameAtStar = 0;
    while (inName < name.length()) {
      char wanted = inPattern < pattern.length() ? pattern.charAt(inPattern) : '\0';
      if (wanted == '*') {
        lastStar = inPattern++;
        nameAtStar = inName;
      } else if (wanted == '?' || wanted == name.charAt(inName)) {
        inPattern++;
        inName++;
      } else if (lastStar >= 0) {
        inPattern = lastStar + 1;
        inName = ++nameAtStar;
      } else {
        return false;
      }
    }
    while (inPattern < pattern.length() && pattern.charAt(inPattern) == '*') {
      inPattern++;
    }
    return inPattern == pattern.length();
  }

  /// Puts the requests on the way.
  void write(FrameWriter out, int channel) {
    if (forwardsAgent) {
      out.request(channel, "auth-agent-req@openssh.com", WantReply.NO);
    }
    variables.forEach(
        variable -> out.request(channel, "env", WantReply.NO, variable.name(), variable.value()));
  }
}
