package initrunner.cli.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import initrunner.audit.AuditExport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// How exported records are printed.
enum ExportFormat {
  /// An array of objects that are named after the columns; a column without a value is left out.
  JSON,
  /// The same objects, one on each line.
  JSONL,
  /// RFC 4180, with a header.
  CSV;

  static Optional<ExportFormat> named(String name) {
    return Arrays.stream(values())
        .filter(format -> format.name().toLowerCase(Locale.ROOT).equals(name))
        .findAny();
  }

  void print(AuditExport export, Path database, PrintWriter out) {
    switch (this) {
      case JSON -> array(export, database, out);
      case JSONL ->
          export.run(
              database,
              values -> {
                try (JsonGenerator json = generator(out)) {
                  object(json, values);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
                out.print('\n');
              });
      case CSV -> {
        csv(out, AuditExport.COLUMNS);
        export.run(
            database,
            values ->
                csv(out, values.stream().map(v -> v.map(Object::toString).orElse("")).toList()));
      }
    }
    out.flush();
  }

  private static JsonGenerator generator(PrintWriter out) throws IOException {
    return new JsonFactory().createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
  }

  private static void array(AuditExport export, Path database, PrintWriter out) {
    try (JsonGenerator json = generator(out)) {
      json.useDefaultPrettyPrinter();
      json.writeStartArray();
      export.run(
          database,
          values -> {
            try {
              object(json, values);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      json.writeEndArray();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void object(JsonGenerator json, List<Optional<Object>> values) throws IOException {
    json.writeStartObject();
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i).isPresent()) {
        json.writeFieldName(AuditExport.COLUMNS.get(i));
        json.writePOJO(values.get(i).get());
      }
    }
    json.writeEndObject();
  }

  private static void csv(PrintWriter out, List<String> fields) {
    out.print(
        fields.stream().map(AuditRowFormat::csvField).collect(Collectors.joining(",")) + "\r\n");
  }
}
