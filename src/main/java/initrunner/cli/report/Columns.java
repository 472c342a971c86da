package initrunner.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// Rows as columns of whole numbers, and their texts as places in one list of words. For one
/// thread.
final class Columns {

  /// All texts of the page, each once.
  static final class Words {

    private final Map<String, Integer> places = new LinkedHashMap<>();

    /// The place 0 is that of no text.
    Words() {
      place("");
    }

    int place(String word) {
      return places.computeIfAbsent(word, _ -> places.size());
    }

    void write(JsonGenerator json) throws IOException {
      json.writeStartArray();
      for (String word : places.keySet()) {
        json.writeString(word);
      }
      json.writeEndArray();
    }
  }

  private final Words words;
  private final int rows;
  private final SequencedMap<String, long[]> columns = new LinkedHashMap<>();
  private int row;

  Columns(Words words, int rows) {
    this.words = words;
    this.rows = rows;
  }

  /// What follows is of this row.
  void at(int newRow) {
    row = newRow;
  }

  Columns number(String name, long value) {
    columns.computeIfAbsent(name, _ -> new long[rows])[row] = value;
    return this;
  }

  Columns word(String name, String text) {
    return number(name, words.place(text));
  }

  /// Each value becomes the difference from the one before it, which takes less room.
  void toDifferences(String name) {
    long[] values = columns.getOrDefault(name, new long[0]);
    for (int at = values.length - 1; at > 0; at--) {
      values[at] -= values[at - 1];
    }
  }

  /// Writes an object of arrays; without rows, it is empty.
  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    for (Map.Entry<String, long[]> column : columns.entrySet()) {
      json.writeFieldName(column.getKey());
      json.writeArray(column.getValue(), 0, rows);
    }
    json.writeEndObject();
  }
}
