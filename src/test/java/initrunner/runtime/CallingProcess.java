package initrunner.runtime;

import initrunner.exec.Captured;
import initrunner.exec.ChildJvm;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.role.RoleLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A process of its own that makes one call in a role's sandbox, for tests that kill it.
final class CallingProcess {

  private CallingProcess() {}

  /// Makes the call.
  ///
  /// @param args the role's file and the script
  public static void main(String[] args) {
    Sandbox sandbox = Sandbox.of(RoleLoader.load(Path.of(args[0])), System.getenv());
    sandbox.run(Command.of("sh", "-c", args[1]), "0c", Limits.unbounded(), new Captured(100));
  }

  static Process start(Path role, String script, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            ChildJvm.command(
                List.of("-Xmx64m"), CallingProcess.class.getName(), role.toString(), script));
    builder.environment().putAll(environment);
    return builder.inheritIO().start();
  }
}
