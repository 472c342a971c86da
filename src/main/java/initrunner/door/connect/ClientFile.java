package initrunner.door.connect;

import initrunner.door.edit.SyntaxFault;
import initrunner.door.jsonrpc.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A file of a client, and what connect keeps in it. Immutable.
///
/// @param path as the client names it; it may be a symbolic link
/// @param obsolete entries of an earlier connect that contradict these, and are taken out
public record ClientFile(Path path, List<Entry> entries, List<Entry> obsolete) {

  private static final String PROGRAM = "initrunner";

  public ClientFile {
    entries = List.copyOf(entries);
    obsolete = List.copyOf(obsolete);
  }

  ClientFile(Path path, List<Entry> entries) {
    this(path, entries, List.of());
  }

  /// What the file would be if nothing else were in it: the lines to write there by hand.
  public String alone() {
    return put("");
  }

  private String put(String text) {
    String result = text;
    for (Entry entry : entries) {
      result = entry.put(result);
    }
    return result;
  }

  /// What connecting makes of the file's text.
  ///
  /// @param text empty if there is no file
  /// @param backup the file before connect wrote to it; empty if there was none
  /// @throws ClientFileException if connect does not change this text
  String with(Optional<String> text, Optional<String> backup) {
    try {
      String before = text.orElse("");
      entries.stream()
          .filter(entry -> !(entry instanceof Entry.TomlRoot))
          .filter(entry -> entry.current(before).filter(there -> !isOurs(entry, there)).isPresent())
          .forEach(this::refuse);
      String result = put(before);
      for (Entry entry : obsolete) {
        result = entry.remove(result, backup);
      }
      return result;
    } catch (SyntaxFault e) {
      throw ClientFileException.of(path, e);
    }
  }

  /// Whether an earlier connect has written to this text. It has a server of this program then, or
  /// a marked entry; a rule that denies a tool may be a person's own.
  boolean isIn(String text) {
    try {
      return entries.stream()
          .filter(entry ->
              isAServer(entry.value())
                  || (entry instanceof Entry.JsonElement element && !element.mark().isEmpty()))
          .anyMatch(entry -> entry.current(text).filter(there -> isOurs(entry, there)).isPresent());
    } catch (SyntaxFault e) {
      throw ClientFileException.of(path, e);
    }
  }

  /// What disconnecting makes of the file's text; empty if the file goes.
  ///
  /// @param backup the file before connect wrote to it; empty if there was none
  /// @throws ClientFileException if connect does not change this text
  Optional<String> without(String text, Optional<String> backup) {
    try {
      List<Entry> there = asIn(text);
      ClientFile written = new ClientFile(path, there);
      if (there.isEmpty()) {
        return Optional.of(text);
      }
      if (written.put(backup.orElse("")).equals(text)) {
        return backup;
      }
      String result = text;
      for (Entry entry : there.reversed()) {
        result = entry.remove(result, backup);
      }
      return Optional.of(result);
    } catch (SyntaxFault e) {
      throw ClientFileException.of(path, e);
    }
  }

  /// The entries that a text has, with the values that they have there.
  private List<Entry> asIn(String text) {
    List<Entry> there = new ArrayList<>();
    for (Entry entry : entries) {
      Optional<Json> value = entry.current(text);
      if (value.isPresent() && isOurs(entry, value.get())) {
        there.add(entry.with(value.get()));
      } else if (value.isPresent() && isAServer(entry.value())) {
        refuse(entry);
      }
    }
    return there;
  }

  private void refuse(Entry entry) {
    throw new ClientFileException(
        path + " has " + entry.place() + " already, and it is not InitRunner's",
        isAServer(entry.value())
            ? "Take another --name, or change the file by hand."
            : "Change the file by hand, or leave --only-host out.");
  }

  /// Whether what is in an entry's place is connect's own, perhaps with other arguments.
  private static boolean isOurs(Entry entry, Json there) {
    return entry instanceof Entry.JsonElement
        || there.equals(entry.value())
        || (there instanceof Json.Obj object
            && (startsThisProgram(object)
                || object
                    .text("name")
                    .filter(name -> name.endsWith(ZedFiles.PROFILE_MARK))
                    .isPresent()));
  }

  private static boolean startsThisProgram(Json.Obj server) {
    return program(server).anyMatch(each -> each.endsWith("/" + PROGRAM) || each.equals(PROGRAM));
  }

  private static boolean isAServer(Json value) {
    return value instanceof Json.Obj object && program(object).findAny().isPresent();
  }

  private static Stream<String> program(Json.Obj server) {
    return Stream.of("command", "program").flatMap(key -> server.text(key).stream());
  }
}
