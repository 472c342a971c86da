package initrunner.tool.files;

import initrunner.exec.Captured;
import initrunner.exec.Outcome;
import initrunner.text.PackagedText;
import initrunner.tool.CallBounds;
import initrunner.tool.OutcomeText;
import initrunner.tool.Plan;
import initrunner.tool.Plan.Fetched.Existing;
import initrunner.tool.ResultText;
import initrunner.tool.ScriptAnswer;
import initrunner.tool.ShellInput;
import initrunner.tool.Shown;
import initrunner.tool.Tool;
import initrunner.tool.policy.PathForms;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Moves one file between this machine and the host, or is one end of [CopyTool]. On the host it
/// has the confinement of [FileTool]; here the runtime has a directory that the role names. The
/// model learns names, sizes and digests, never content. Immutable.
public final class TransferTool implements Tool {

  private static final String LOCAL = "local";
  static final String REMOTE = "remote";
  static final String OVERWRITE = "overwrite";

  private static final String CONTENT = PackagedText.read(TransferTool.class, "fetch_file.sh");
  private static final String PLACE = PackagedText.read(TransferTool.class, "send_file.sh");
  private static final Pattern PLACED =
      Pattern.compile("(created|replaced) ([0-9]+) ([0-9a-f]{64})");

  /// The text for a fetch whose command did not succeed; only the runtime knows of one that did.
  private static final ScriptAnswer FAILED = (_, _, _, _) -> FileAnswer.NO_ANSWER;

  /// The functions that a role can give the model.
  public enum Function {
    SEND,
    FETCH,

    /// Prints a line with the file's size, its SHA-256 and whether it is executable, and then the
    /// file. No model calls it.
    COPY_FROM,

    /// Takes what [#COPY_FROM] prints, behind the input that its command has already. No model
    /// calls it.
    COPY_TO
  }

  private final Function function;
  private final List<String> extensions;
  private final long maxBytes;
  private final CallBounds bounds;

  /// @param extensions with the dot: only such files may be moved; empty for all
  /// @param maxBytes of a file
  /// @param bounds their directory is the one that holds all files of the host
  public TransferTool(
      Function function, List<String> extensions, long maxBytes, CallBounds bounds) {
    this.function = function;
    this.extensions = List.copyOf(extensions);
    this.maxBytes = maxBytes;
    this.bounds = bounds;
  }

  @Override
  public String name() {
    return switch (function) {
      case SEND -> "send_file";
      case FETCH -> "fetch_file";
      case COPY_FROM -> CopyTool.SOURCE_END;
      case COPY_TO -> CopyTool.TARGET_END;
    };
  }

  @Override
  public String type() {
    return "transfer";
  }

  @Override
  public String description() {
    String what =
        switch (function) {
          case SEND -> "Sends a file of this machine to the host";
          case FETCH -> "Fetches a file of the host to this machine";
          case COPY_FROM, COPY_TO -> "Copies a file of one sandbox to another";
        };
    String only =
        extensions.isEmpty() ? "" : " Only files named *" + String.join(", *", extensions) + ".";
    return what
        + ", whole and compared by SHA-256. Its content is not shown. Missing directories are made."
        + " A file that is there already is replaced only with overwrite: true."
        + only;
  }

  @Override
  public List<Parameter> parameters() {
    Parameter local =
        Parameter.required(
            LOCAL, "The file on this machine, below the directory for files of this role");
    Parameter remote = Parameter.required(REMOTE, "The file on the host");
    Parameter overwrite = Parameter.flag(OVERWRITE, "true: a file that is there is replaced");
    return switch (function) {
      case SEND -> List.of(local, remote, overwrite);
      case FETCH -> List.of(remote, local, overwrite);
      case COPY_FROM -> List.of(remote);
      case COPY_TO -> List.of(remote, overwrite);
    };
  }

  @Override
  public List<Map<String, Object>> otherWaysOfWriting(Map<String, Object> arguments) {
    return Stream.concat(
            PathForms.of(arguments, REMOTE, bounds.wholeDirectory()).stream(),
            PathForms.of(arguments, LOCAL, Optional.empty()).stream())
        .toList();
  }

  @Override
  public List<Map<String, Object>> plainWaysOfWriting(Map<String, Object> arguments) {
    return Stream.concat(
            PathForms.plain(arguments, REMOTE).stream(), PathForms.plain(arguments, LOCAL).stream())
        .toList();
  }

  @Override
  public int mostCharacters(String parameter) {
    return PathForms.MOST_CHARACTERS;
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    String local = text(arguments, LOCAL);
    String remote = text(arguments, REMOTE);
    return Optional.of(local)
        .filter(_ -> takesLocal())
        .flatMap(this::localObjection)
        .or(() -> remoteObjection(remote))
        .<Plan>map(reason -> new Plan.Refused("", "Error: " + reason + "."))
        .orElseGet(() ->
            switch (function) {
              case SEND -> send(local, remote, arguments);
              case FETCH -> fetch(local, remote, arguments);
              case COPY_FROM -> run(input(CONTENT, remote, known(), "" + maxBytes, "mode"), FAILED);
              case COPY_TO -> copyTo(remote, arguments);
            });
  }

  private boolean takesLocal() {
    return switch (function) {
      case SEND, FETCH -> true;
      case COPY_FROM, COPY_TO -> false;
    };
  }

  private Optional<String> localObjection(String local) {
    List<String> names = List.of(local.split("/", -1));
    if (local.isEmpty() || local.indexOf('\0') >= 0) {
      return Optional.of("'local' is no name of a file");
    }
    if (local.startsWith("/") || names.contains("..")) {
      return Optional.of(
          "'"
              + local
              + "' leads outside of the local root: name a file below it, without .. and without"
              + " a slash at the beginning");
    }
    if (List.of("", ".").contains(names.getLast())) {
      return Optional.of("'" + local + "' is a directory");
    }
    return extensions.isEmpty() || extensions.stream().anyMatch(local::endsWith)
        ? Optional.empty()
        : Optional.of("'" + local + "' does not end with one of:" + known());
  }

  private static Optional<String> remoteObjection(String remote) {
    if (remote.isEmpty() || remote.indexOf('\0') >= 0) {
      return Optional.of("'remote' is no name of a file");
    }
    return remote.endsWith("/") ? Optional.of("'" + remote + "' is a directory") : Optional.empty();
  }

  private Plan send(String local, String remote, Map<String, Object> arguments) {
    return new Plan.Sent(
        local,
        maxBytes,
        (bytes, sha256) ->
            run(
                input(PLACE, remote, known(), "" + bytes, sha256, replaces(arguments)),
                new PlacedAnswer("Sent " + Shown.name(local) + " to " + Shown.name(remote))));
  }

  private Plan fetch(String local, String remote, Map<String, Object> arguments) {
    return new Plan.Fetched(
        local,
        remote,
        existing(arguments),
        maxBytes,
        run(input(CONTENT, remote, known(), "" + maxBytes), FAILED));
  }

  private Plan copyTo(String remote, Map<String, Object> arguments) {
    return run(
        input(
            PackagedText.read(TransferTool.class, "arrival.sh") + PLACE,
            remote,
            known(),
            "" + maxBytes,
            replaces(arguments)),
        new PlacedAnswer("Copied to " + Shown.name(remote)));
  }

  private static String replaces(Map<String, Object> arguments) {
    return existing(arguments) == Existing.IS_REPLACED ? "yes" : "no";
  }

  private static Existing existing(Map<String, Object> arguments) {
    return arguments.get(OVERWRITE) instanceof Boolean flag && flag
        ? Existing.IS_REPLACED
        : Existing.STAYS;
  }

  private static ShellInput input(String script, String remote, String... more) {
    List<String> words = new ArrayList<>(List.of(remote));
    words.addAll(List.of(more));
    return new ShellInput(
            PackagedText.read(TransferTool.class, "resolve.sh")
                + PackagedText.read(TransferTool.class, "sha256.sh")
                + script)
        .arguments(words);
  }

  private Plan.Run run(ShellInput input, OutcomeText answer) {
    return bounds.run(input.command(bounds.workingDirectory()), answer);
  }

  private String known() {
    return extensions.stream().map(extension -> " " + extension).collect(Collectors.joining());
  }

  private static String text(Map<String, Object> arguments, String name) {
    return arguments.get(name) instanceof String text ? text : "";
  }

  /// A file that is in its place on the host.
  ///
  /// @param what was done, for the model
  private record PlacedAnswer(String what) implements FileAnswer {

    @Override
    public String success(Plan.Run run, Outcome outcome, Captured output, String host) {
      return success(output).map(how -> what + " on " + host + ": " + how).orElse(NO_ANSWER)
          + ResultText.lostOutput(outcome, host);
    }

    @Override
    public Optional<String> success(Captured output) {
      return Optional.of(PLACED.matcher(output.stdoutText().strip()))
          .filter(Matcher::matches)
          .map(placed ->
              "%s, %s bytes, SHA-256 %s."
                  .formatted(placed.group(1), placed.group(2), placed.group(3)));
    }
  }
}
