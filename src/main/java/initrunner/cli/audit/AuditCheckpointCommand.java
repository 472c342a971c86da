package initrunner.cli.audit;

import initrunner.audit.AuditException;
import initrunner.audit.ChainCheck;
import initrunner.audit.Checkpoint;
import initrunner.cli.console.ExitCodes;
import initrunner.text.JsonText;
import initrunner.text.SafeText;
import initrunner.text.ShellWord;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `audit checkpoint`: prints where the audit log ends, to be kept elsewhere.
@Command(
    name = "checkpoint",
    descriptionHeading = "%n",
    description = {
      "Verifies the audit log, and prints where it ends now, to be kept elsewhere.",
      ""
    },
    sortOptions = false,
    footer = {
      "",
      "Keep what it prints on another machine. Its last line is the command that",
      "fails from then on where a record from before was changed or cut off, also by a",
      "program that can read the key. Nothing in it is secret.",
      "",
      "Examples:",
      "  initrunner audit checkpoint | ssh my-other-machine 'cat >> tips'",
      "  initrunner audit verify --tip \"$(ssh my-other-machine tail -n 1 tips)\"",
      "  initrunner audit checkpoint --json | jq -r .tip",
      "",
      "Exit status: 0, 1 the audit log was changed or there is none, 2 wrong usage.",
    })
public final class AuditCheckpointCommand implements Callable<Integer> {

  @Option(names = "--json", description = "One JSON object, on one line.")
  private boolean json;

  @Mixin private final AuditOptions audit = new AuditOptions();

  @Override
  public Integer call() {
    Path database = audit.toRead().getFirst();
    List<ChainCheck.Result> results = ChainCheck.report(database, audit.key()).results();
    if (results.stream().anyMatch(result -> result.firstBreak().isPresent())) {
      throw new AuditException(
          "The audit database " + database + " was changed, so no checkpoint is made of it",
          "See: initrunner audit verify");
    }
    Map<String, Object> records = new LinkedHashMap<>();
    results.forEach(result -> records.put(result.table(), result.unsigned() + result.signed()));
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("database", database.toString());
    all.put("made_at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    all.put("records", records);
    all.put("key_id", audit.key().id());
    all.put("tip", Checkpoint.of(database, audit.key()).text());
    all.put("verify", verify(database, all));
    if (json) {
      audit.out().println(JsonText.line(all));
    } else {
      show(all, records);
    }
    return ExitCodes.OK;
  }

  /// The option that names the database is needed where no default leads to it.
  private String verify(Path database, Map<String, Object> checkpoint) {
    String named =
        audit.isDatabaseNamed() ? " --audit-db " + ShellWord.quote(database.toString()) : "";
    return "initrunner audit verify" + named + " --tip " + checkpoint.get("tip");
  }

  private void show(Map<String, Object> checkpoint, Map<String, Object> records) {
    List<String> counts = new ArrayList<>();
    records.forEach((table, count) -> counts.add(count + " in " + table));
    say("Audit log  " + SafeText.exact(String.valueOf(checkpoint.get("database"))));
    say("Made at    " + checkpoint.get("made_at"));
    say("Records    " + String.join(", ", counts));
    say("Key id     " + audit.key().id().orElse("-"));
    say("");
    say("Keep these lines on another machine. The last one verifies the audit log against them:");
    say("");
    say(String.valueOf(checkpoint.get("verify")));
  }

  private void say(String line) {
    audit.out().println(line);
  }
}
