package initrunner.tool;

import initrunner.exec.Command;
import initrunner.text.PackagedText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// `run_python`: Python code on the interpreter's standard input. Neither side writes a file for
/// it, so any number of calls can run at the same time.
public final class PythonTool implements Tool {

  private static final String CODE = "code";

  private static final Interpreter PYTHON =
      new Interpreter(
          "python3",
          "Install Python 3 there, or put its directory on the PATH that commands get there.");

  private static final String RUN = PackagedText.read(PythonTool.class, "run.py");
  private static final String REFUSE_NETWORK =
      PackagedText.read(PythonTool.class, "refuse_network.py");

  private static final Map<String, String> NO_PROXY = Map.of("no_proxy", "*", "NO_PROXY", "*");

  private final CallBounds bounds;
  private final Network network;

  /// What Python's own sockets may do. This is no isolation: it does not restrict programs that the
  /// code starts, nor native code.
  public enum Network {
    ALLOWED,
    /// Connecting, binding, sending and looking up names raise `PermissionError`.
    DISABLED
  }

  public PythonTool(CallBounds bounds, Network network) {
    this.bounds = bounds;
    this.network = network;
  }

  @Override
  public String name() {
    return "run_python";
  }

  @Override
  public String type() {
    return "python";
  }

  @Override
  public String description() {
    String networking =
        switch (network) {
          case ALLOWED -> "";
          case DISABLED -> " Network access from Python is refused.";
        };
    return "Runs Python 3 code and returns its exit code and output. Print what you want to see."
        + " Nothing is kept from one call to the next but files."
        + networking;
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(Parameter.required(CODE, "The code"));
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    if (!(arguments.get(CODE) instanceof String code)) {
      return new Plan.Refused("", "Error: run_python needs the argument 'code', a string.");
    }
    boolean isDisabled = network == Network.DISABLED;
    byte[] bytes = code.getBytes(StandardCharsets.UTF_8);
    Command command =
        PYTHON
            .input("-u", "-c", isDisabled ? REFUSE_NETWORK + RUN : RUN, "" + bytes.length)
            .content(bytes)
            .command(bounds.workingDirectory())
            .withEnvironment(isDisabled ? NO_PROXY : Map.of());
    return bounds.run(command, PYTHON);
  }
}
