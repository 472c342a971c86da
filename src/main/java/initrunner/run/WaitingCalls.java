package initrunner.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import initrunner.agent.PausedRunException;
import initrunner.audit.AuditLocation;
import initrunner.runtime.RoleHost;
import initrunner.text.FileFailure;
import initrunner.text.OwnersFile;
import initrunner.text.RegularFile;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The calls that wait for a person while the program that asked for them waits, too: one file each
/// in `waiting/` of the user's directory, readable by its owner only. A server puts a file there,
/// and `initrunner approve` answers it. Safe for many threads and processes.
///
/// `ID.json` waits. The one who decides renames it to `ID.taken`, which only one can do, and puts
/// the decision into `ID.answer`. The server removes all three.
public final class WaitingCalls {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final int MOST_BYTES = 16 * 1024 * 1024;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{1,64}");
  private static final JsonFactory JSON = new JsonFactory();

  private final Path directory;

  private WaitingCalls(Path directory) {
    this.directory = directory;
  }

  /// The waiting calls of the user's directory.
  ///
  /// @param process the variables of this process
  public static WaitingCalls of(Map<String, String> process) {
    return new WaitingCalls(AuditLocation.home(process).resolve("waiting"));
  }

  /// A person's decision.
  public sealed interface Decision {

    /// It may run.
    record Yes() implements Decision {}

    /// It may not run.
    ///
    /// @param reason for the model
    record No(Optional<String> reason) implements Decision {}

    /// No person decided in time.
    record None() implements Decision {}
  }

  /// A question that is open until this is closed.
  public final class Question implements AutoCloseable {

    private final String id;

    private Question(String id) {
      this.id = id;
    }

    public String id() {
      return id;
    }

    /// Blocks until a person decides, or the time is over.
    ///
    /// @throws InterruptedException if the program no longer wants the call
    public Decision await(Duration patience) throws InterruptedException {
      long beginNanos = System.nanoTime();
      while (System.nanoTime() - beginNanos < patience.toNanos()) {
        Optional<Decision> decision = decision();
        if (decision.isPresent()) {
          return decision.get();
        }
        Thread.sleep(BETWEEN_LOOKS);
      }
      return new Decision.None();
    }

    private Optional<Decision> decision() {
      try {
        Map<String, String> answer = fields(file(id, "answer"));
        return Optional.of(
            "yes".equals(answer.get("decision"))
                ? new Decision.Yes()
                : new Decision.No(Optional.ofNullable(answer.get("reason"))));
      } catch (NoSuchFileException undecided) {
        return Optional.empty();
      } catch (IOException e) {
        throw unusable(e);
      }
    }

    /// Takes the question back.
    @Override
    public void close() {
      try {
        for (String state : List.of("json", "taken", "answer")) {
          Files.deleteIfExists(file(id, state));
        }
      } catch (IOException e) {
        throw unusable(e);
      }
    }
  }

  /// Puts a call there for a person.
  ///
  /// @throws PausedRunException if it cannot be written
  public Question ask(WaitingCall call) {
    try {
      OwnersFile.createDirectories(directory);
      Map<String, String> fields = new LinkedHashMap<>();
      fields.put("asked_at", call.askedAt().toString());
      fields.put("process", self());
      fields.putAll(call.place().fields());
      fields.put("client", call.client());
      fields.put("tool", call.tool());
      fields.put("arguments", call.arguments());
      write(file(call.id(), "json"), fields);
      return new Question(call.id());
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /// The calls that wait, the oldest first. Those of servers that are gone are removed.
  ///
  /// @throws PausedRunException if they cannot be read
  public List<WaitingCall> waiting() {
    List<WaitingCall> calls = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return calls;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.json")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        find(name.substring(0, name.length() - ".json".length())).ifPresent(calls::add);
      }
    } catch (IOException e) {
      throw unusable(e);
    }
    calls.sort(Comparator.comparing(WaitingCall::askedAt));
    return calls;
  }

  /// The call that waits under this id.
  ///
  /// @throws PausedRunException if it cannot be read
  public Optional<WaitingCall> find(String id) {
    if (!ID.matcher(id).matches()) {
      return Optional.empty();
    }
    Path file = file(id, "json");
    try {
      Map<String, String> fields = fields(file);
      if (!isAlive(fields.getOrDefault("process", ""))) {
        Files.deleteIfExists(file);
        return Optional.empty();
      }
      return Optional.of(
          new WaitingCall(
              id,
              Instant.parse(fields.getOrDefault("asked_at", "")),
              RoleHost.ofFields(fields),
              fields.getOrDefault("client", ""),
              fields.getOrDefault("tool", ""),
              fields.getOrDefault("arguments", "{}")));
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    } catch (IOException e) {
      throw unusable(e);
    } catch (DateTimeException e) {
      throw new PausedRunException(file + " is not a waiting call", "Remove it.");
    }
  }

  /// Decides about a call.
  ///
  /// @return whether it still waited
  /// @throws PausedRunException if the decision cannot be written
  public boolean decide(String id, Decision decision) {
    Map<String, String> answer = new LinkedHashMap<>();
    switch (decision) {
      case Decision.Yes() -> answer.put("decision", "yes");
      case Decision.No(Optional<String> reason) -> {
        answer.put("decision", "no");
        reason.ifPresent(why -> answer.put("reason", why));
      }
      case Decision.None() -> {
        return false;
      }
    }
    try {
      Files.move(file(id, "json"), file(id, "taken"), StandardCopyOption.ATOMIC_MOVE);
      write(file(id, "answer"), answer);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private Path file(String id, String state) {
    return directory.resolve(id + "." + state);
  }

  private void write(Path file, Map<String, String> fields) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      for (Map.Entry<String, String> field : fields.entrySet()) {
        json.writeStringField(field.getKey(), field.getValue());
      }
      json.writeEndObject();
    }
    Path temporary = directory.resolve("." + file.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    try (FileOutputStream stream = OwnersFile.create(temporary)) {
      text.writeTo(stream);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Map<String, String> fields(Path file) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(RegularFile.bytes(file, MOST_BYTES))) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        fields.put(name, json.getText());
      }
    }
    return fields;
  }

  /// A process is its number and the time of its start: numbers are given again.
  private static String self() {
    return named(ProcessHandle.current());
  }

  private static String named(ProcessHandle process) {
    return process.pid()
        + "@"
        + process.info().startInstant().map(Instant::toString).orElse("unknown");
  }

  private static boolean isAlive(String process) {
    int at = process.indexOf('@');
    if (at < 1) {
      return false;
    }
    try {
      return ProcessHandle.of(Long.parseLong(process.substring(0, at)))
          .filter(found -> named(found).equals(process))
          .isPresent();
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private PausedRunException unusable(IOException e) {
    return new PausedRunException(
        "calls that wait for a person cannot be kept in "
            + directory
            + ": "
            + FileFailure.reason(e),
        FileFailure.remedy(
            e,
            "Make that directory yours and writable, or name another home with INITRUNNER_HOME."));
  }
}
