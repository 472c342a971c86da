package initrunner.cli.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import initrunner.audit.story.RunSummary;
import initrunner.text.SafeText;
import initrunner.text.Words;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/// What the page shows. Immutable.
///
/// @param calls oldest first
/// @param runs oldest first
record PageData(About about, List<PageCall> calls, List<PageRun> runs) {

  /// What the page says of itself; safe texts.
  ///
  /// @param madeMillis since 1970
  /// @param source the database
  /// @param asked what was asked for, of all that there is
  /// @param leftOut what of that is not on the page
  record About(
      long madeMillis, String version, String source, List<String> asked, List<String> leftOut) {

    About {
      asked = List.copyOf(asked);
      leftOut = List.copyOf(leftOut);
    }
  }

  PageData {
    calls = List.copyOf(calls);
    runs = List.copyOf(runs);
  }

  /// JSON, compressed.
  byte[] packed() {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(new GZIPOutputStream(packed))) {
      Columns.Words words = new Columns.Words();
      Columns columnsOfCalls = columnsOfCalls(words);
      Columns columnsOfRuns = columnsOfRuns(words);
      json.writeStartObject();
      json.writeFieldName("about");
      write(json, about);
      json.writeFieldName("words");
      words.write(json);
      json.writeFieldName("calls");
      columnsOfCalls.write(json);
      json.writeFieldName("runs");
      columnsOfRuns.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private static void write(JsonGenerator json, About about) throws IOException {
    json.writeStartObject();
    json.writeNumberField("made", about.madeMillis());
    json.writeStringField("version", about.version());
    json.writeStringField("source", about.source());
    writeArray(json, "asked", about.asked());
    writeArray(json, "leftOut", about.leftOut());
    json.writeEndObject();
  }

  private static void writeArray(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private Columns columnsOfCalls(Columns.Words words) {
    Columns columns = new Columns(words, calls.size());
    for (int at = 0; at < calls.size(); at++) {
      PageCall call = calls.get(at);
      columns.at(at);
      columns
          .number("time", call.timeMillis())
          .number("ending", call.ending().number())
          .word("ended", call.ended())
          .word("host", call.host())
          .word("sandbox", call.sandbox())
          .word("agent", call.agent())
          .word("by", call.asker())
          .word("run", call.run())
          .word("what", call.what())
          .word("program", call.program())
          .word("arguments", call.arguments())
          .word("output", call.output())
          .word("more", call.more())
          .number("took", call.tookMillis())
          .number("printed", call.bytes());
    }
    columns.toDifferences("time");
    return columns;
  }

  private Columns columnsOfRuns(Columns.Words words) {
    Columns columns = new Columns(words, runs.size());
    for (int at = 0; at < runs.size(); at++) {
      PageRun run = runs.get(at);
      RunSummary summary = run.summary();
      columns.at(at);
      columns
          .word("id", ShownText.name(summary.runId()))
          .number("time", summary.begin().toEpochMilli())
          .number("took", summary.duration().toMillis())
          .number("ending", Ending.of(summary.outcome()).number())
          .word("ended", ShownText.name(summary.outcome().text()))
          .word("agent", ShownText.name(summary.agent()))
          .word("by", PageCall.asker(summary.asker()))
          .word("host", PageCall.places(summary))
          .word("model", ShownText.name(summary.spent().model()))
          .word("prompt", run.prompt())
          .word("story", run.story())
          .word("cost", summary.spent().dollars().map(PageData::dollars).orElse(""))
          .number("tokensIn", summary.spent().tokensIn())
          .number("tokensOut", summary.spent().tokensOut())
          .number("calls", summary.calls().made())
          .number("bad", summary.calls().failed() + summary.calls().open())
          .number("agentic", run.isOfAgent() ? 1 : 0);
    }
    return columns;
  }

  private static String dollars(BigDecimal amount) {
    return "$" + SafeText.cut(amount.toPlainString(), 20);
  }

  /// The same within its bounds: the newest texts are kept, the longer ones of older calls and runs
  /// are cut or left out.
  ///
  /// @param mostCharacters of the long texts of calls, and as many of those of runs
  PageData bounded(long mostCharacters) {
    List<PageCall> keptCalls = new ArrayList<>(calls);
    List<PageRun> keptRuns = new ArrayList<>(runs);
    long left = mostCharacters;
    int cutCalls = 0;
    for (int at = keptCalls.size() - 1; at >= 0; at--) {
      left -= keptCalls.get(at).size();
      if (left < 0) {
        keptCalls.set(at, keptCalls.get(at).shortened(40));
        cutCalls++;
      }
    }
    left = mostCharacters;
    int cutRuns = 0;
    for (int at = keptRuns.size() - 1; at >= 0; at--) {
      left -= keptRuns.get(at).size();
      if (left < 0) {
        keptRuns.set(at, PageRun.of(keptRuns.get(at).summary()));
        cutRuns++;
      }
    }
    List<String> leftOut = new ArrayList<>(about.leftOut());
    if (cutCalls > 0) {
      leftOut.add(
          "Of the oldest " + Words.counted(cutCalls, "call") + ", arguments and outputs are cut.");
    }
    if (cutRuns > 0) {
      leftOut.add(
          "Of the oldest " + Words.counted(cutRuns, "run") + ", prompts and answers are left out.");
    }
    return new PageData(
        new About(about.madeMillis(), about.version(), about.source(), about.asked(), leftOut),
        keptCalls,
        keptRuns);
  }
}
