package initrunner.cli.files;

import initrunner.cli.console.Console;
import initrunner.text.JsonText;
import initrunner.transfer.Rules;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a transfer did, as one JSON object on one line, for programs. All fields are always there.
record TransferJson(Console console, Rules rules, Totals totals) {

  /// @param ended `complete`, `incomplete`, `failed` or `cancelled`
  /// @param reason why it failed
  /// @param exitCode the status of this process
  void tell(
      TransferCall.Work work, String ended, Optional<String> reason, Duration time, int exitCode) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("ended", ended);
    fields.put("reason", reason);
    fields.put("exit_code", exitCode);
    fields.put("direction", rules.direction().name().toLowerCase(Locale.ROOT));
    fields.put("dry_run", work == TransferCall.Work.PLAN);
    fields.put("host", totals.host());
    fields.put("sandbox", totals.sandbox());
    fields.put("files", totals.files());
    fields.put("bytes", totals.bytes());
    fields.put("same", totals.same());
    fields.put("duration_ms", time.toMillis());
    fields.put("sent", totals.sent());
    fields.put("fetched", totals.fetched());
    fields.put("removed_there", totals.removedThere());
    fields.put("removed_here", totals.removedHere());
    fields.put(
        "conflicts",
        totals.conflicts().stream()
            .map(each -> {
              Map<String, Object> conflict = new LinkedHashMap<>();
              conflict.put("name", each.name());
              conflict.put("reason", each.reason());
              return conflict;
            })
            .toList());
    fields.put("refused", totals.refused());
    console.out().println(JsonText.line(fields));
  }
}
