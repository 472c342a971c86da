package initrunner.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import initrunner.model.ToolRequest;
import initrunner.runtime.RoleHost;
import initrunner.text.FileFailure;
import initrunner.text.OwnersFile;
import initrunner.text.RegularFile;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The runs that wait for a person: one file each, readable by its owner only, in one directory.
/// Immutable; several processes may use one directory.
///
/// The suffix of a run's file is its state. A process changes it by renaming the file, which only
/// one can do: `ID.json` waits; `ID.decided` is decided and being continued, or was cut off while
/// it was; `ID.done` is decided and has ended. So no decision counts twice, and a process that is
/// killed at any moment leaves a complete file.
///
/// @param home the user's InitRunner directory
/// @param redaction takes secrets out of the files
public record PausedRuns(Path home, UnaryOperator<String> redaction) {

  private static final String WAITING = ".json";
  private static final String DECIDED = ".decided";
  private static final String DONE = ".done";
  private static final Pattern APPROVAL_ID = Pattern.compile("([0-9a-f]{1,64})(-[0-9]{1,9})?");
  private static final ObjectMapper JSON = new ObjectMapper();

  private Path directory() {
    return home.resolve("paused");
  }

  /// The same, with a further redaction of the files.
  public PausedRuns redacting(UnaryOperator<String> more) {
    return new PausedRuns(home, text -> redaction.apply(more.apply(text)));
  }

  /// Stores a run; it is on the disk on return. The file of a run that was being continued is
  /// replaced.
  ///
  /// @throws PausedRunException if it cannot be stored
  public void save(PausedRun run) {
    for (ToolRequest call : run.transcript().waiting()) {
      if (!redaction.apply(call.arguments()).equals(call.arguments())) {
        throw new PausedRunException(
            "the call of "
                + call.tool()
                + " waits for a person's yes, and its arguments hold what looks like a secret,"
                + " which is not written to the disk",
            "Run it on a terminal, where you are asked at once, or keep the secret out of the"
                + " prompt.");
      }
    }
    try {
      OwnersFile.createDirectories(directory());
      write(file(run.runId(), WAITING), json(run));
      Files.deleteIfExists(file(run.runId(), DECIDED));
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private void write(Path file, String text) throws IOException {
    Path temporary = directory().resolve("." + file.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    try (FileOutputStream stream = OwnersFile.create(temporary)) {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
      stream.getFD().sync();
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /// The waiting runs, the one that has waited longest first.
  ///
  /// @param unreadable one for each file that is not a paused run
  public record Waiting(List<PausedRun> runs, List<PausedRunException> unreadable) {

    public Waiting {
      runs = List.copyOf(runs);
      unreadable = List.copyOf(unreadable);
    }
  }

  /// All waiting runs. Blocks on the file system only.
  ///
  /// @throws PausedRunException if their directory cannot be read
  public Waiting waiting() {
    List<PausedRun> runs = new ArrayList<>();
    List<PausedRunException> unreadable = new ArrayList<>();
    if (!Files.isDirectory(directory())) {
      return new Waiting(runs, unreadable);
    }
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory(), "[0-9a-f]*" + WAITING)) {
      for (Path file : files) {
        try {
          read(file).ifPresent(runs::add);
        } catch (PausedRunException e) {
          unreadable.add(e);
        }
      }
    } catch (IOException e) {
      throw unusable(e);
    }
    runs.sort(Comparator.comparing(PausedRun::pausedAt));
    return new Waiting(runs, unreadable);
  }

  /// The run that waits under this name ([PausedRun#approvalId]).
  ///
  /// @throws PausedRunException if it does not wait, with its state
  public PausedRun find(String approvalId) {
    Matcher id = APPROVAL_ID.matcher(approvalId);
    if (!id.matches()) {
      throw unknown(approvalId);
    }
    String runId = id.group(1);
    PausedRun run = read(file(runId, WAITING)).orElseThrow(() -> notWaiting(runId));
    if (!run.approvalId().equals(approvalId)) {
      throw waitsAnew(run);
    }
    return run;
  }

  private static PausedRunException waitsAnew(PausedRun stored) {
    return new PausedRunException.Answered(
        "run "
            + stored.runId()
            + " was answered meanwhile, and waits anew since "
            + stored.pausedAt()
            + ", with other calls",
        "initrunner pending shows them, and the name to approve them by.");
  }

  /// Marks the run as decided; no other process can decide it afterwards.
  ///
  /// @throws PausedRunException.Answered if another process has decided it, even if the run has
  ///   paused anew
  /// @throws PausedRunException if the mark cannot be written
  public void decide(PausedRun run) {
    Path waiting = file(run.runId(), WAITING);
    Path decided = file(run.runId(), DECIDED);
    try {
      requireSamePause(waiting, run);
      Files.move(waiting, decided, StandardCopyOption.ATOMIC_MOVE);
      try {
        requireSamePause(decided, run);
      } catch (PausedRunException.Answered another) {
        Files.move(decided, waiting, StandardCopyOption.ATOMIC_MOVE);
        throw another;
      }
      Files.setLastModifiedTime(decided, FileTime.from(Instant.now()));
    } catch (NoSuchFileException e) {
      throw notWaiting(run.runId());
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private void requireSamePause(Path file, PausedRun run) {
    PausedRun stored = read(file).orElseThrow(() -> notWaiting(run.runId()));
    if (!stored.pausedAt().equals(run.pausedAt())) {
      throw waitsAnew(stored);
    }
  }

  /// Marks the run as ended and deletes its conversation.
  ///
  /// @throws PausedRunException if the mark cannot be written
  public void done(PausedRun run) {
    try {
      write(file(run.runId(), DONE), "");
      Files.deleteIfExists(file(run.runId(), DECIDED));
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private PausedRunException notWaiting(String runId) {
    for (String state : List.of(DECIDED, DONE)) {
      try {
        return answeredAlready(runId, state, Files.getLastModifiedTime(file(runId, state)));
      } catch (IOException isNotInThisState) {
        // The file may be in the other state.
      }
    }
    return unknown(runId);
  }

  private PausedRunException unknown(String runId) {
    return new PausedRunException(
        "no run " + runId + " waits for approval in " + directory(),
        "initrunner pending lists those that do.");
  }

  private static PausedRunException answeredAlready(String runId, String state, FileTime when) {
    return new PausedRunException.Answered(
        "run "
            + runId
            + " was answered already at "
            + when.toInstant().truncatedTo(ChronoUnit.SECONDS)
            + (state.equals(DONE)
                ? " and has ended"
                : ", and is being continued or was cut off in that; its calls are not made a second"
                    + " time"),
        "initrunner audit security-events shows what ran, under run=" + runId + ".");
  }

  private Path file(String runId, String state) {
    return directory().resolve(runId + state);
  }

  private PausedRunException unusable(IOException e) {
    return new PausedRunException(
        "the runs that wait for approval cannot be kept in "
            + directory()
            + ": "
            + FileFailure.reason(e),
        FileFailure.remedy(
            e,
            "Make that directory yours and writable, or name another home with INITRUNNER_HOME."));
  }

  private String json(PausedRun run) {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", 1).put("run_id", run.runId()).put("number", run.number());
    root.put("paused_at", run.pausedAt().toString());
    root.put("agent_name", run.agentName()).put("prompt", redaction.apply(run.prompt()));
    PausedRun.Setting setting = run.setting();
    root.put("role_file", setting.roleFile().toString()).put("role_sha256", setting.roleDigest());
    if (setting.places().size() == 1) {
      root.set("place", JSON.valueToTree(setting.places().getFirst().fields()));
    } else if (!setting.places().isEmpty()) {
      root.set(
          "places", JSON.valueToTree(setting.places().stream().map(RoleHost::fields).toList()));
      root.set("call_places", JSON.valueToTree(run.callPlaces()));
    }
    setting.model().ifPresent(name -> root.put("model", name));
    setting.replay().ifPresent(path -> root.put("replay", path.toString()));
    setting.record().ifPresent(path -> root.put("record", path.toString()));
    setting.auditDatabase().ifPresent(path -> root.put("audit_db", path.toString()));
    run.callIds().forEach(root.putArray("pending")::add);
    root.set("conversation", TranscriptJson.write(run.transcript(), redaction));
    return root.toPrettyString() + "\n";
  }

  /// Empty if the file does not exist, or no longer does.
  private static Optional<PausedRun> read(Path file) {
    try {
      RegularFile.requireRegular(file);
      JsonNode root = JSON.readTree(Files.readString(file));
      if (root.path("version").asInt() != 1) {
        throw new IllegalArgumentException("it is of another version");
      }
      List<String> pending = new ArrayList<>();
      root.path("pending").forEach(id -> pending.add(id.asText()));
      return Optional.of(
          new PausedRun(
              root.path("run_id").asText(),
              root.path("number").asInt(1),
              Instant.parse(root.path("paused_at").asText()),
              root.path("agent_name").asText(),
              root.path("prompt").asText(),
              pending,
              texts(root.path("call_places")),
              TranscriptJson.read(root.path("conversation")),
              new PausedRun.Setting(
                  Path.of(root.path("role_file").asText()),
                  root.path("role_sha256").asText(),
                  places(root),
                  text(root, "model"),
                  text(root, "replay").map(Path::of),
                  text(root, "record").map(Path::of),
                  text(root, "audit_db").map(Path::of))));
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    } catch (RegularFile.NotRegularException e) {
      throw new PausedRunException(
          file + " is not a paused run: it " + e.getReason(), "Remove it, or restore it.");
    } catch (IOException | IllegalArgumentException | java.time.DateTimeException e) {
      throw new PausedRunException(
          file + " is not a paused run: " + e.getMessage(), "Remove it, or restore it.");
    }
  }

  private static List<RoleHost> places(JsonNode root) {
    List<RoleHost> places = new ArrayList<>();
    (root.has("places") ? root.path("places") : List.of(root.path("place")))
        .forEach(each -> places.add(RoleHost.ofFields(texts(each))));
    return places.stream().filter(each -> !each.backend().isEmpty()).toList();
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object.properties().forEach(each -> texts.put(each.getKey(), each.getValue().asText()));
    return texts;
  }

  private static Optional<String> text(JsonNode root, String field) {
    return Optional.of(root.path(field).asText()).filter(value -> !value.isEmpty());
  }
}
