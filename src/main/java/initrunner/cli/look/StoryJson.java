package initrunner.cli.look;

import initrunner.audit.story.CallText;
import initrunner.audit.story.RunStory;
import initrunner.audit.story.RunSummary;
import initrunner.audit.story.StoredCall;
import initrunner.audit.story.StoredTransfer;
import initrunner.text.Timestamps;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Runs and calls as fields for programs. Stateless.
final class StoryJson {

  private StoryJson() {}

  static SequencedMap<String, Object> of(RunSummary run) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("run_id", run.runId());
    fields.put("began_at", Timestamps.format(run.begin()));
    put(fields, run.asker());
    fields.put("agent_name", run.agent());
    fields.put("backend", run.place().map(RunSummary.Place::backend));
    fields.put("host", run.place().flatMap(RunSummary.Place::host));
    if (run.places().size() > 1) {
      fields.put("places", run.places().stream().map(StoryJson::of).toList());
    }
    fields.put("outcome", run.outcome().kind().name().toLowerCase(Locale.ROOT));
    fields.put("ended", run.outcome().text());
    fields.put("calls", run.calls().made());
    fields.put("failed_calls", run.calls().failed());
    fields.put("open_calls", run.calls().open());
    fields.put("model", run.spent().model());
    fields.put("tokens_in", run.spent().tokensIn());
    fields.put("tokens_out", run.spent().tokensOut());
    fields.put("cost_usd", run.spent().dollars());
    fields.put("duration_ms", run.duration().toMillis());
    return fields;
  }

  private static Map<String, Object> of(RunSummary.Place place) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("backend", place.backend());
    fields.put("host", place.host());
    place.sandbox().ifPresent(name -> fields.put("sandbox", name));
    return fields;
  }

  private static void put(SequencedMap<String, Object> fields, RunSummary.Asker asker) {
    fields.put("door", asker.door());
    fields.put("client", asker.client());
  }

  static SequencedMap<String, Object> of(RunStory story) {
    SequencedMap<String, Object> fields = of(story.summary());
    fields.put("events_left_out", story.left());
    fields.put("story", story.entries().stream().map(StoryJson::of).toList());
    return fields;
  }

  private static SequencedMap<String, Object> of(RunStory.Entry entry) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("at", Timestamps.format(entry.time()));
    switch (entry) {
      case RunStory.Prompt prompt -> fields.put("prompt", prompt.text());
      case RunStory.Resumed resumed -> fields.put("resumed", resumed.decisions());
      case RunStory.Said said -> fields.put("said", said.first());
      case RunStory.Called called -> {
        fields.put("call", of(called.call()));
        fields.put("result_preview", called.preview());
      }
      case RunStory.Transferred transferred -> fields.put("transfer", of(transferred.transfer()));
      case RunStory.Noticed noticed -> {
        fields.put("notice", noticed.kind());
        fields.put("text", noticed.text());
      }
      case RunStory.Ended ended -> {
        fields.put("outcome", ended.outcome().kind().name().toLowerCase(Locale.ROOT));
        fields.put("ended", ended.outcome().text());
        fields.put("answer", ended.answer());
      }
    }
    return fields;
  }

  static SequencedMap<String, Object> of(StoredCall call) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("run_id", call.runId());
    fields.put("call_id", call.callId());
    fields.put("began_at", Timestamps.format(call.begin()));
    put(fields, call.asker());
    fields.put("agent_name", call.agent());
    fields.put("backend", call.place().backend());
    fields.put("host", call.place().host());
    call.place().sandbox().ifPresent(name -> fields.put("sandbox", name));
    fields.put("program", call.what().program());
    fields.put("tool", call.what().tool());
    fields.put("function", call.what().function());
    fields.put("request_id", call.what().requestId());
    fields.put("arguments", call.what().arguments());
    fields.put("end", call.end().map(end -> of(call, end)));
    fields.put("decision", call.decision().map(StoryJson::of));
    return fields;
  }

  private static Map<String, Object> of(StoredCall call, StoredCall.End end) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("ended", end.word());
    fields.put("exit_status", end.status());
    fields.put("duration_ms", end.duration().toMillis());
    fields.put("because", end.because());
    fields.put("stop", end.stop());
    fields.put("text", CallText.end(call));
    fields.put("output_bytes", end.output().bytes());
    fields.put("output_begin", end.output().first());
    fields.put("output_end", end.output().last());
    return fields;
  }

  private static Map<String, Object> of(StoredCall.Decision decision) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("decision", decision.word());
    fields.put("by", Optional.of(decision.by()).filter(name -> !name.isEmpty()));
    fields.put("with", decision.means());
    fields.put("at", decision.at().map(Timestamps::format));
    return fields;
  }

  private static Map<String, Object> of(StoredTransfer transfer) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    fields.put("direction", transfer.direction());
    fields.put("host", transfer.place().host());
    fields.put("root", transfer.root());
    fields.put("ended", transfer.ended());
    fields.put("reason", transfer.reason());
    fields.put("files", transfer.files());
    fields.put("bytes", transfer.bytes());
    fields.put("duration_ms", transfer.duration().toMillis());
    return fields;
  }
}
