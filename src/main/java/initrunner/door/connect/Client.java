package initrunner.door.connect;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// A client that can use this program, by its name on the command line.
public enum Client {
  CLAUDE_CODE,
  CODEX,
  CURSOR,
  VSCODE,
  ZED,
  GEMINI;

  /// The client of a name; empty for another word.
  public static Optional<Client> of(String word) {
    return Stream.of(values()).filter(each -> each.word().equals(word)).findFirst();
  }

  public static List<String> words() {
    return Stream.of(values()).map(Client::word).toList();
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Its files, what connect wants in them, and what an earlier connect may have put there.
  ///
  /// @throws IllegalArgumentException if it has no setting for what is asked; the message says so
  public List<ClientFile> files(Served served, FileLocations locations, Local local) {
    List<ClientFile> wanted = lines(served, locations, local);
    List<ClientFile> usual = lines(served, locations, Local.AS_BEFORE);
    List<ClientFile> files = new ArrayList<>();
    for (ClientFile every : everyFile(served, locations)) {
      List<Entry> entries = entries(wanted, every.path());
      List<Entry> staying = entries(usual, every.path());
      List<Entry> known =
          every.entries().stream()
              .filter(entry -> isIn(entries, entry) || !isIn(staying, entry))
              .toList();
      files.add(new ClientFile(every.path(), entries, known));
    }
    return files.stream().filter(file -> !file.known().isEmpty()).toList();
  }

  private static List<Entry> entries(List<ClientFile> files, Path path) {
    return files.stream()
        .filter(file -> file.path().equals(path))
        .flatMap(file -> file.entries().stream())
        .toList();
  }

  private static boolean isIn(List<Entry> entries, Entry entry) {
    return entries.stream().anyMatch(each -> each.identity().equals(entry.identity()));
  }

  private List<ClientFile> lines(Served served, FileLocations locations, Local local) {
    return switch (this) {
      case CLAUDE_CODE -> ClaudeCodeFiles.of(served, locations, local);
      case CODEX -> CodexFiles.of(served, locations, local);
      case CURSOR -> EditorFiles.cursor(served, locations, local);
      case VSCODE -> EditorFiles.vscode(served, locations, local);
      case ZED -> ZedFiles.of(served, locations, local);
      case GEMINI -> GeminiFiles.of(served, locations, local);
    };
  }

  /// Its files with all that connect may have put there under this name, with any of its options.
  public List<ClientFile> everyFile(Served served, FileLocations locations) {
    SequencedMap<Path, List<Entry>> entries = new LinkedHashMap<>();
    for (Local local : Local.values()) {
      List<ClientFile> files;
      try {
        files = lines(served.ofAnyRole(), locations, local);
      } catch (IllegalArgumentException _) {
        continue;
      }
      for (ClientFile file : files) {
        List<Entry> known = entries.computeIfAbsent(file.path(), _ -> new ArrayList<>());
        file.entries().stream().filter(entry -> !isIn(known, entry)).forEach(known::add);
      }
    }
    return entries.entrySet().stream()
        .map(each -> new ClientFile(each.getKey(), each.getValue()))
        .toList();
  }

  /// What a person should know then: what still acts on this machine, and how that is switched off.
  public List<String> notes(Served served, FileLocations locations, Local local) {
    if (served.place() == Place.THIS_MACHINE && this != CLAUDE_CODE) {
      return List.of();
    }
    return switch (this) {
      case CLAUDE_CODE -> ClaudeCodeFiles.notes(served, locations, local);
      case CODEX -> CodexFiles.notes(served, local);
      case CURSOR -> EditorFiles.cursorNotes(served);
      case VSCODE -> EditorFiles.vscodeNotes(served);
      case ZED -> ZedFiles.notes(served, local);
      case GEMINI -> GeminiFiles.notes(served, local);
    };
  }
}
