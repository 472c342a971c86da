package initrunner.tool.files;

import initrunner.tool.Plan;
import initrunner.tool.Tool;
import initrunner.tool.policy.PathForms;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `copy_file`: a file of one sandbox to another, through the memory of this machine. It describes
/// itself to a model; the two ends of `transfer` decide, each in its sandbox. Immutable.
///
/// @param end [TransferTool.Function#COPY_FROM] in one of them
/// @param sandboxes their names
public record CopyTool(Tool end, List<String> sandboxes) implements Tool {

  /// What a model calls.
  public static final String NAME = "copy_file";

  /// The argument that names the sandbox of the file.
  public static final String FROM = "from";

  /// The argument that names the sandbox that gets it.
  public static final String TO = "to";

  /// The end of a copy that has the file.
  public static final String SOURCE_END = "copy_from";

  /// The end of a copy that gets it.
  public static final String TARGET_END = "copy_to";

  private static final String SOURCE = "source";
  private static final String TARGET = "target";

  public CopyTool {
    sandboxes = List.copyOf(sandboxes);
  }

  /// The arguments for the end that has the file.
  public static Map<String, Object> ofSource(Map<String, Object> arguments) {
    return ofEnd(SOURCE, arguments);
  }

  /// The arguments for the end that gets it.
  public static Map<String, Object> ofTarget(Map<String, Object> arguments) {
    Map<String, Object> own = ofEnd(TARGET, arguments);
    if (arguments.containsKey(TransferTool.OVERWRITE)) {
      own.put(TransferTool.OVERWRITE, arguments.get(TransferTool.OVERWRITE));
    }
    return own;
  }

  private static Map<String, Object> ofEnd(String path, Map<String, Object> arguments) {
    Map<String, Object> own = new LinkedHashMap<>();
    own.put(TransferTool.REMOTE, arguments.get(path));
    return own;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String type() {
    return end.type();
  }

  @Override
  public String description() {
    return end.description();
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        new Parameter(FROM, Parameter.Kind.STRING, "The sandbox of the file", true, sandboxes),
        Parameter.required(SOURCE, "The file there; a directory has to be packed before"),
        new Parameter(TO, Parameter.Kind.STRING, "The sandbox that gets it", true, sandboxes),
        Parameter.required(TARGET, "What the file is called there"),
        Parameter.flag(TransferTool.OVERWRITE, "true: a file that is there is replaced"));
  }

  @Override
  public int mostCharacters(String parameter) {
    return PathForms.MOST_CHARACTERS;
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    return end.plan(ofSource(arguments));
  }
}
