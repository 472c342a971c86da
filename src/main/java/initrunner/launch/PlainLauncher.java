package initrunner.launch;

import initrunner.exec.Command;
import java.util.Optional;

/// Starts a command as it is: no isolation but what the place itself has.
public final class PlainLauncher implements Launcher {

  @Override
  public Launch launch(Command command) {
    return new Launch(command, Optional.empty());
  }

  @Override
  public String name() {
    return "none";
  }
}
