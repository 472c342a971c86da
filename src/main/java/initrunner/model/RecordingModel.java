package initrunner.model;

import initrunner.text.FileFailure;
import initrunner.text.OwnersFile;
import initrunner.tool.Tool;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Writes the model's turns to a file that [ReplayModel] reads. The file is complete after every
/// turn, so that the turns before a failure can be replayed. For one conversation.
public final class RecordingModel extends ModelDecorator {

  private final Path file;
  private final UnaryOperator<String> redaction;

  /// Checks that the file can be written, before the model is asked.
  ///
  /// @param redaction takes secrets out of the file; the conversation keeps them
  /// @throws ModelException if the file cannot be written
  public RecordingModel(Model model, Path file, UnaryOperator<String> redaction) {
    super(model);
    this.file = file.toAbsolutePath();
    this.redaction = redaction;
    try {
      Path temporary = temporary();
      create(temporary).close();
      Files.delete(temporary);
      if (Files.isDirectory(file)) {
        throw new IOException("it is a directory");
      }
    } catch (IOException e) {
      throw fault(e);
    }
  }

  @Override
  public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events)
      throws InterruptedException {
    Turn turn = model.next(conversation, tools, events);
    List<Turn> turns = new ArrayList<>(conversation.stream().flatMap(Message::said).toList());
    turns.add(turn);
    try {
      write(ReplayWriter.write(turns, conversation, redaction));
    } catch (IOException e) {
      throw fault(e);
    }
    return turn;
  }

  private void write(String text) throws IOException {
    Path temporary = temporary();
    try {
      try (FileOutputStream stream = create(temporary)) {
        stream.write(text.getBytes(StandardCharsets.UTF_8));
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private Path temporary() {
    return file.resolveSibling(".recording-" + UUID.randomUUID() + ".json");
  }

  /// The user knows the directory, not the temporary file in it.
  private static FileOutputStream create(Path temporary) throws IOException {
    String directory = temporary.resolveSibling("").toString();
    try {
      return OwnersFile.create(temporary);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(directory);
    } catch (AccessDeniedException e) {
      throw new AccessDeniedException(directory);
    }
  }

  private ModelException fault(IOException e) {
    return new ModelException(
        ModelException.Kind.RECORDING_FAILED,
        "the model's turns cannot be recorded in " + file + ": " + FileFailure.reason(e),
        FileFailure.remedy(e, "Name a file in a directory that you may write to."));
  }
}
