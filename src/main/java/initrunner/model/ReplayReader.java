package initrunner.model;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import initrunner.text.FileFailure;
import initrunner.text.RegularFile;
import initrunner.text.SafeText;
import initrunner.tool.ToolResult;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Reads a file of recorded turns and collects all its faults. For one file and one thread.
final class ReplayReader {

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path file;
  private final JsonParser parser;
  private final List<String> faults;
  private int calls;

  /// How the calls of the turn ended that is being read, in their order.
  private final List<Optional<ToolResult.Status>> ended = new ArrayList<>();

  private ReplayReader(Path file, JsonParser parser, List<String> faults) {
    this.file = file;
    this.parser = parser;
    this.faults = faults;
  }

  /// A recorded turn.
  ///
  /// @param ended how its calls ended when it was recorded, by their ids, where that is known
  record Recorded(Turn turn, Map<String, ToolResult.Status> ended) {}

  /// @throws ModelException if it cannot be read or is not a list of turns
  static List<Recorded> read(Path file) {
    List<String> faults = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(text(file))) {
      List<Recorded> turns = new ReplayReader(file, parser, faults).turns();
      if (faults.isEmpty()) {
        return turns;
      }
    } catch (JacksonException e) {
      faults.add(at(file, e.getLocation()) + e.getOriginalMessage());
    } catch (RegularFile.NotRegularException e) {
      faults.add(file + ": " + e.getReason());
    } catch (NoSuchFileException e) {
      faults.add(file + ": there is no such file");
    } catch (IOException e) {
      faults.add("cannot be read: " + FileFailure.reason(e));
    }
    throw new ModelException(
        ModelException.Kind.REPLAY_INVALID,
        String.join("\n", faults),
        "A replay is a JSON list of turns, as"
            + " [{\"text\": \"…\", \"tool_calls\": [{\"name\": \"run_shell\", \"arguments\":"
            + " {\"command\": \"…\"}}]}, {\"text\": \"…\"}]");
  }

  private static String text(Path file) throws IOException {
    RegularFile.requireRegular(file);
    return Files.readString(file);
  }

  private List<Recorded> turns() throws IOException {
    List<Recorded> turns = new ArrayList<>();
    parser.nextToken();
    if (!expect(JsonToken.START_ARRAY, "the file", "a list of turns")) {
      return turns;
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (expect(JsonToken.START_OBJECT, "a turn", "an object with text, tool_calls or both")) {
        turns.add(turn());
      }
    }
    if (turns.isEmpty() && faults.isEmpty()) {
      fault("the list holds no turn");
    }
    if (parser.nextToken() != null) {
      fault("something follows the list of turns");
    }
    return turns;
  }

  private Recorded turn() throws IOException {
    JsonLocation start = parser.currentTokenLocation();
    Optional<String> text = Optional.empty();
    Optional<List<ToolRequest>> requests = Optional.empty();
    ended.clear();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      switch (key()) {
        case "text" -> text = string("text");
        case "tool_calls" -> requests = Optional.of(calls());
        case String other -> unknown(other, "text, tool_calls");
      }
    }
    if (text.isEmpty() && requests.isEmpty() && faults.isEmpty()) {
      faults.add(at(file, start) + "a turn has neither text nor tool_calls");
    }
    Turn turn =
        new Turn(text.orElse(""), requests.orElse(List.of()), Turn.Finish.COMPLETE, Usage.NONE);
    Map<String, ToolResult.Status> byId = new HashMap<>();
    for (int i = 0; i < Math.min(ended.size(), turn.requests().size()); i++) {
      String id = turn.requests().get(i).id();
      ended.get(i).ifPresent(status -> byId.put(id, status));
    }
    return new Recorded(turn, byId);
  }

  private List<ToolRequest> calls() throws IOException {
    List<ToolRequest> requests = new ArrayList<>();
    if (expect(JsonToken.START_ARRAY, "tool_calls", "a list of tool calls")) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (expect(JsonToken.START_OBJECT, "a tool call", "an object with name and arguments")) {
          requests.add(call());
        }
      }
    }
    return requests;
  }

  private ToolRequest call() throws IOException {
    JsonLocation start = parser.currentTokenLocation();
    calls++;
    Optional<String> id = Optional.empty();
    Optional<String> name = Optional.empty();
    String arguments = "{}";
    Optional<ToolResult.Status> status = Optional.empty();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      switch (key()) {
        case "id" -> id = string("id").filter(given -> !given.isBlank());
        case "name" -> name = string("name");
        case "arguments" -> arguments = arguments();
        case "ended" -> status = string("ended").flatMap(this::status);
        case String other -> unknown(other, "id, name, arguments, ended");
      }
    }
    if (name.isEmpty() && faults.isEmpty()) {
      faults.add(at(file, start) + "a tool call has no name");
    }
    ended.add(status);
    return new ToolRequest(id.orElse("call-" + calls), name.orElse(""), arguments);
  }

  private Optional<ToolResult.Status> status(String word) {
    Optional<ToolResult.Status> status = ToolResult.Status.ofWord(word);
    if (status.isEmpty()) {
      fault(
          "ended is %s; allowed is %s"
              .formatted(
                  SafeText.quoted(word),
                  Arrays.stream(ToolResult.Status.values())
                      .map(ToolResult.Status::word)
                      .collect(Collectors.joining(", "))));
    }
    return status;
  }

  private String arguments() throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    StringWriter text = new StringWriter();
    if (expect(JsonToken.START_OBJECT, "arguments", "an object, or a string as it is")) {
      try (JsonGenerator generator = JSON.createGenerator(text)) {
        generator.copyCurrentStructure(parser);
      }
    }
    return text.toString();
  }

  /// The key, with its value as the current token.
  private String key() throws IOException {
    String key = parser.currentName();
    parser.nextToken();
    return key;
  }

  private Optional<String> string(String what) throws IOException {
    return expect(JsonToken.VALUE_STRING, what, "a string")
        ? Optional.of(parser.getText())
        : Optional.empty();
  }

  private void unknown(String key, String allowed) throws IOException {
    fault("unknown key '" + key + "'; allowed is " + allowed);
    parser.skipChildren();
  }

  /// Notes a fault and skips the value if it has another type.
  private boolean expect(JsonToken wanted, String what, String description) throws IOException {
    if (parser.currentToken() == wanted) {
      return true;
    }
    fault(what + " must be " + description);
    parser.skipChildren();
    return false;
  }

  private void fault(String message) {
    faults.add(at(file, parser.currentTokenLocation()) + message);
  }

  private static String at(Path file, JsonLocation location) {
    return "%s:%s:%s: "
        .formatted(file, Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
  }
}
