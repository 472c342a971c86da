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

  /// Its files, and what connect keeps in them.
  ///
  /// @throws IllegalArgumentException if it has no setting for what is asked; the message says so
  public List<ClientFile> files(Served served, FileLocations locations, Local local) {
    return switch (this) {
      case CLAUDE_CODE -> ClaudeCodeFiles.of(served, locations, local);
      case CODEX -> CodexFiles.of(served, locations, local);
      case CURSOR -> EditorFiles.cursor(served, locations, local);
      case VSCODE -> EditorFiles.vscode(served, locations, local);
      case ZED -> ZedFiles.of(served, locations, local);
      case GEMINI -> GeminiFiles.of(served, locations, local);
    };
  }

  /// Its files with all that connect may have put there, with any of its options.
  public List<ClientFile> everyFile(Served served, FileLocations locations) {
    SequencedMap<Path, List<Entry>> entries = new LinkedHashMap<>();
    for (Local local : Local.values()) {
      List<ClientFile> files;
      try {
        files = files(served, locations, local);
      } catch (IllegalArgumentException _) {
        continue;
      }
      for (ClientFile file : files) {
        List<Entry> known = entries.computeIfAbsent(file.path(), _ -> new ArrayList<>());
        file.entries().stream()
            .filter(
                entry -> known.stream().noneMatch(each -> each.identity().equals(entry.identity())))
            .forEach(known::add);
      }
    }
    return entries.entrySet().stream()
        .map(each -> new ClientFile(each.getKey(), each.getValue()))
        .toList();
  }

  /// What a person should know then: what still acts on this machine, and how that is switched off.
  public List<String> notes(Served served, FileLocations locations, Local local) {
    return switch (this) {
      case CLAUDE_CODE -> ClaudeCodeFiles.notes(locations, local);
      case CODEX -> CodexFiles.notes(local);
      case CURSOR -> EditorFiles.cursorNotes(served);
      case VSCODE -> EditorFiles.vscodeNotes(served);
      case ZED -> ZedFiles.notes(served, local);
      case GEMINI -> GeminiFiles.notes(served, local);
    };
  }
}
