package initrunner.tool;

import initrunner.exec.Captured;
import initrunner.exec.Ended;
import initrunner.exec.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// `run_python`: Python code on the interpreter's standard input. Neither side writes a file for
/// it, so any number of calls can run at the same time.
public final class PythonTool implements Tool {

  private static final String CODE = "code";

  /// Prints a marker if there is no interpreter, as code may itself exit with 127.
  private static final String START =
      "command -v python3 >/dev/null 2>&1 || { echo 'initrunner: no python3' >&2; exit 127; }\n"
          + "exec python3 -u -c \"$1\" \"$2\"";

  private static final String NO_PYTHON = "initrunner: no python3\n";

  /// Runs the code as the main module, so that a traceback holds only its own lines. The code is
  /// UTF-8 text; a declaration of another encoding has no effect. A module in the start directory
  /// shadows Python's own for the code alone, not for this wrapper.
  private static final String RUN =
      """
      def _code():
          import sys
          path = sys.path[:]
          sys.path[:] = [each for each in path if each]
          import linecache, traceback
          sys.path[:] = path
          code = sys.stdin.buffer.read()
          if str(len(code)) != sys.argv.pop():
              sys.stderr.write('initrunner: the code did not arrive whole, so none of it ran\\n')
              sys.exit(65)
          code = code.decode('utf-8-sig')
          lines = [line + '\\n' for line in code.split('\\n')]
          linecache.cache['<code>'] = (len(code), None, lines, '<code>')
          def hook(kind, value, trace):
              while trace and trace.tb_frame.f_code.co_filename == '<string>':
                  trace = trace.tb_next
              traceback.print_exception(kind, value, trace)
          sys.excepthook = hook
          del globals()['_code']
          return compile(code, '<code>', 'exec')
      exec(_code())
      """;

  /// Makes Python's own sockets refuse all but `AF_UNIX`.
  private static final String REFUSE_NETWORK =
      """
      def _refuse_network():
          import sys
          path = sys.path[:]
          sys.path[:] = [each for each in path if each]
          import socket
          sys.path[:] = path
          if sys.version_info < (3, 8):
              sys.exit('initrunner: network_disabled needs Python 3.8 or newer')
          local = getattr(socket, 'AF_UNIX', None)
          names = ('socket.getaddrinfo', 'socket.gethostbyname', 'socket.gethostbyaddr')
          calls = ('socket.connect', 'socket.bind', 'socket.sendto', 'socket.sendmsg')
          def refuse(event, arguments):
              if event in names or (event in calls and arguments[0].family != local):
                  raise PermissionError('network access is disabled for this tool')
          sys.addaudithook(refuse)
      _refuse_network()
      del _refuse_network
      """;

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
    return List.of(new Parameter(CODE, Parameter.Kind.STRING, "The code", true));
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    if (!(arguments.get(CODE) instanceof String code)) {
      return new Plan.Refused("", "Error: run_python needs the argument 'code', a string.");
    }
    boolean isDisabled = network == Network.DISABLED;
    byte[] bytes = code.getBytes(StandardCharsets.UTF_8);
    return new Plan.Run(
        new ShellInput(START)
            .arguments(List.of(isDisabled ? REFUSE_NETWORK + RUN : RUN, "" + bytes.length))
            .content(bytes)
            .command(bounds.workingDirectory())
            .withEnvironment(isDisabled ? NO_PROXY : Map.of()),
        bounds.limits(),
        bounds.maxOutputBytes(),
        PythonTool::answer);
  }

  private static String answer(Plan.Run run, Outcome outcome, Captured output, String place) {
    boolean noPython =
        outcome.ended().equals(new Ended.Exited(127)) && output.stderrText().equals(NO_PYTHON);
    return noPython
        ? "Error: python3 not found on "
            + place
            + ". Nothing was run. Install Python 3 there, or put its directory on the PATH that"
            + " commands get there."
        : ResultText.of(run, outcome, output, place);
  }
}
