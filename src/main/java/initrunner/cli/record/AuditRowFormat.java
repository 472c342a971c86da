package initrunner.cli.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import initrunner.audit.AuditRow;
import initrunner.text.SafeText;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// How recorded events are printed. Nothing is ever cut or wrapped.
enum AuditRowFormat {
  /// For people: columns, one line for each event, and nothing that a terminal would obey.
  TABLE {
    @Override
    void print(List<AuditRow> rows, PrintWriter out) {
      if (rows.isEmpty()) {
        return;
      }
      List<List<String>> lines =
          rows.stream()
              .map(row ->
                  List.of(
                      SafeText.exact(row.timestamp()),
                      SafeText.exact(row.eventType()),
                      SafeText.exact(row.agentName()),
                      SafeText.exact(row.details())))
              .collect(Collectors.toList());
      lines.addFirst(List.of("timestamp", "event_type", "agent_name", "details"));
      int last = lines.getFirst().size() - 1;
      int[] widths =
          IntStream.range(0, last)
              .map(i -> lines.stream().mapToInt(line -> line.get(i).length()).max().orElse(0))
              .toArray();
      for (List<String> line : lines) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < last; i++) {
          text.append(line.get(i)).repeat(' ', widths[i] - line.get(i).length() + 2);
        }
        out.println(text.append(line.get(last)));
      }
    }
  },

  /// For programs: an array of objects that are named after the columns.
  JSON {
    @Override
    void print(List<AuditRow> rows, PrintWriter out) {
      try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        json.useDefaultPrettyPrinter();
        json.writeStartArray();
        for (AuditRow row : rows) {
          json.writeStartObject();
          json.writeNumberField("id", row.id());
          json.writeStringField("timestamp", row.timestamp());
          json.writeStringField("event_type", row.eventType());
          json.writeStringField("agent_name", row.agentName());
          json.writeStringField("details", row.details());
          json.writeStringField("source_ip", row.sourceIp().orElse(null));
          json.writeStringField("principal_id", row.principalId().orElse(null));
          json.writeEndObject();
        }
        json.writeEndArray();
        json.writeRaw('\n');
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  },

  /// For spreadsheets: RFC 4180, with a header.
  CSV {
    @Override
    void print(List<AuditRow> rows, PrintWriter out) {
      record(
          out,
          List.of(
              "id",
              "timestamp",
              "event_type",
              "agent_name",
              "details",
              "source_ip",
              "principal_id"));
      for (AuditRow row : rows) {
        record(
            out,
            List.of(
                Long.toString(row.id()),
                row.timestamp(),
                row.eventType(),
                row.agentName(),
                row.details(),
                row.sourceIp().orElse(""),
                row.principalId().orElse("")));
      }
      out.flush();
    }

    private static void record(PrintWriter out, List<String> fields) {
      out.print(fields.stream().map(AuditRowFormat::csvField).collect(Collectors.joining(",")));
      out.print("\r\n");
    }
  };

  abstract void print(List<AuditRow> rows, PrintWriter out);

  static Optional<AuditRowFormat> named(String name) {
    return Arrays.stream(values()).filter(format -> format.lowerCaseName().equals(name)).findAny();
  }

  /// The allowed names, for people.
  static String names() {
    return Arrays.stream(values())
        .map(AuditRowFormat::lowerCaseName)
        .collect(Collectors.joining(", "));
  }

  private String lowerCaseName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static String csvField(String value) {
    boolean plain = value.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
    return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
  }
}
