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
/// @param entries that connect wants in it; none if it wants none
/// @param known all that connect may have put there with any of its options, in the order in which
///   it does
public record ClientFile(Path path, List<Entry> entries, List<Entry> known) {

  private static final String PROGRAM = "initrunner";

  public ClientFile {
    entries = List.copyOf(entries);
    known = List.copyOf(known);
  }

  ClientFile(Path path, List<Entry> entries) {
    this(path, entries, entries);
  }

  /// What the file would be if nothing else were in it: the lines to write there by hand.
  public String alone() {
    return put(entries, "");
  }

  private static String put(List<Entry> entries, String text) {
    String result = text;
    for (Entry entry : entries) {
      result = entry.put(result);
    }
    return result;
  }

  /// What connecting makes of the file's text; empty if there is no file then.
  ///
  /// @param text empty if there is no file
  /// @param backup the file before connect wrote to it; empty if there was none
  /// @throws ClientFileException if connect does not change this text
  Optional<String> with(Optional<String> text, Optional<String> backup) {
    try {
      if (entries.isEmpty()) {
        return text.flatMap(each -> removed(each, backup));
      }
      String before = text.orElse("");
      entries.stream()
          .filter(entry -> !(entry instanceof Entry.TomlRoot))
          .filter(entry -> entry.current(before).filter(there -> !isOurs(entry, there)).isPresent())
          .forEach(this::refuse);
      return Optional.of(changed(before, original(backup)));
    } catch (SyntaxFault e) {
      throw ClientFileException.of(path, e);
    }
  }

  private String changed(String text, Optional<String> original) {
    List<Entry> there = there(text);
    boolean isAsWritten =
        !there.isEmpty() && put(there, original.orElse("")).equals(text) && !keepsMore(text);
    if (isAsWritten) {
      return put(entries, original.orElse(""));
    }
    String result = text;
    for (Entry entry : there.reversed()) {
      if (isObsolete(entry)) {
        result = entry.remove(result, original);
      }
    }
    return put(entries, result);
  }

  private boolean keepsMore(String text) {
    return entries.stream()
        .anyMatch(entry -> entry.current(text).filter(entry::keepsMoreOf).isPresent());
  }

  private boolean isObsolete(Entry entry) {
    return entries.stream().noneMatch(each -> each.identity().equals(entry.identity()));
  }

  /// What disconnecting makes of the file's text; empty if the file goes.
  ///
  /// @param backup the file before connect wrote to it; empty if there was none
  /// @throws ClientFileException if connect does not change this text
  Optional<String> without(String text, Optional<String> backup) {
    try {
      if (there(text).isEmpty()) {
        known.stream()
            .filter(entry -> isAServer(entry.value()) && entry.current(text).isPresent())
            .forEach(this::refuse);
      }
      return removed(text, backup);
    } catch (SyntaxFault e) {
      throw ClientFileException.of(path, e);
    }
  }

  private Optional<String> removed(String text, Optional<String> backup) {
    List<Entry> there = there(text);
    if (there.isEmpty()) {
      return Optional.of(text);
    }
    Optional<String> original = original(backup);
    if (put(there, original.orElse("")).equals(text)) {
      return original;
    }
    String result = text;
    for (Entry entry : there.reversed()) {
      result = entry.remove(result, original);
    }
    boolean isNothing = result.isBlank() || result.replaceAll("\\s", "").equals("{}");
    return Optional.of(result).filter(_ -> original.isPresent() || !isNothing);
  }

  /// A backup with an entry of connect's is none of the file before connect.
  private Optional<String> original(Optional<String> backup) {
    return backup.filter(text -> there(text).isEmpty());
  }

  /// The text without connect, if a backup has to be written with it: connect is new in this text,
  /// or a person has changed it since.
  Optional<String> kept(String text, Optional<String> backup) {
    return entries.isEmpty()
        ? Optional.empty()
        : there(text).isEmpty()
            ? Optional.of(text)
            : removed(text, backup).filter(each -> !Optional.of(each).equals(backup));
  }

  /// Connect's entries that a text has, with the values that they have there. Without a marked one,
  /// the others are a person's.
  private List<Entry> there(String text) {
    List<Entry> there = new ArrayList<>();
    for (Entry entry : known) {
      entry
          .current(text)
          .filter(value -> isOurs(entry, value))
          .ifPresent(value -> there.add(entry.with(value)));
    }
    return there.stream().anyMatch(Entry::isMarked) ? there : List.of();
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
        || (entry instanceof Entry.JsonMember && entry.keepsMoreOf(there))
        || (there instanceof Json.Obj object
            && (startsThisProgram(object)
                || isTheSameProgram(entry.value(), object)
                || object
                    .text("name")
                    .filter(name -> name.endsWith(ZedFiles.PROFILE_MARK))
                    .isPresent()));
  }

  private static boolean startsThisProgram(Json.Obj server) {
    return program(server).anyMatch(each -> each.endsWith("/" + PROGRAM) || each.equals(PROGRAM));
  }

  private static boolean isTheSameProgram(Json ours, Json.Obj server) {
    return ours instanceof Json.Obj object
        && program(object).anyMatch(each -> program(server).anyMatch(each::equals));
  }

  private static boolean isAServer(Json value) {
    return value instanceof Json.Obj object && program(object).findAny().isPresent();
  }

  private static Stream<String> program(Json.Obj server) {
    return Stream.of("command", "program").flatMap(key -> server.text(key).stream());
  }
}
