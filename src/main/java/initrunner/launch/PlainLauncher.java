package initrunner.launch;

import initrunner.exec.Command;

/// Starts a command as it is, without isolation.
public final class PlainLauncher implements Launcher {

  @Override
  public Launch launch(Command command, String callId) {
    return Launch.plain(command);
  }

  @Override
  public String name() {
    return "none";
  }
}
