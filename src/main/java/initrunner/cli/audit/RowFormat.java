package initrunner.cli.audit;

import initrunner.text.JsonText;
import initrunner.text.SafeText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// How rows of the audit log are printed. Nothing is ever cut or wrapped.
enum RowFormat {
  /// For people: one line for each row, and nothing that a terminal would obey.
  TABLE,
  /// An array of objects that are named after the columns.
  JSON,
  /// The same objects, one on each line.
  JSONL,
  /// RFC 4180, with a header.
  CSV;

  static final class Names implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      return Stream.of(values()).map(RowFormat::lowerCaseName).iterator();
    }
  }

  String lowerCaseName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Hands over its rows, one after the other: the value of each column, in the order of the
  /// columns.
  @FunctionalInterface
  interface Rows {
    void forEach(Consumer<SequencedMap<String, Optional<Object>>> taker);
  }

  /// Prints all rows. JSON has what a row has; the others have these columns, of which a row may
  /// lack some.
  void print(List<String> columns, Rows rows, PrintWriter out) {
    switch (this) {
      case TABLE -> table(columns, rows, out);
      case JSON -> array(rows, out);
      case JSONL -> rows.forEach(row -> out.print(JsonText.line(row) + "\n"));
      case CSV -> {
        csv(columns, out);
        rows.forEach(row -> csv(texts(columns, row), out));
      }
    }
    out.flush();
  }

  private static List<String> texts(List<String> columns, Map<String, Optional<Object>> row) {
    return columns.stream()
        .map(column -> row.getOrDefault(column, Optional.empty()).map(Object::toString).orElse(""))
        .toList();
  }

  private static void table(List<String> columns, Rows rows, PrintWriter out) {
    List<List<String>> lines = new ArrayList<>(List.of(columns));
    rows.forEach(row -> lines.add(texts(columns, row).stream().map(SafeText::exact).toList()));
    if (lines.size() == 1) {
      return;
    }
    int last = columns.size() - 1;
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

  private static void array(Rows rows, PrintWriter out) {
    AtomicReference<String> before = new AtomicReference<>("[ ");
    rows.forEach(row -> out.print(before.getAndSet(", ") + JsonText.of(row)));
    out.print(before.get().equals("[ ") ? "[ ]\n" : " ]\n");
  }

  private static void csv(List<String> fields, PrintWriter out) {
    out.print(fields.stream().map(RowFormat::csvField).collect(Collectors.joining(",")) + "\r\n");
  }

  private static String csvField(String value) {
    boolean plain = value.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
    return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
  }
}
