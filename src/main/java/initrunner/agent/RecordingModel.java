package initrunner.agent;

import initrunner.text.FileFailure;
import initrunner.tool.Tool;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// A model whose turns are written down as [ReplayModel] reads them. After every turn the file is
/// whole: what was said before a failure can be replayed. For one conversation.
final class RecordingModel implements Model {

  private final Model model;
  private final Path file;
  private final UnaryOperator<String> redaction;

  /// Makes sure that the file can be written, before anybody is asked.
  ///
  /// @param redaction takes secrets out of what is written; what is said is not changed
  /// @throws ModelException if it cannot be written
  RecordingModel(Model model, Path file, UnaryOperator<String> redaction) {
    this.model = model;
    this.file = file.toAbsolutePath();
    this.redaction = redaction;
    try {
      Files.delete(temporary());
      if (Files.isDirectory(file)) {
        throw new IOException("it is a directory");
      }
    } catch (IOException e) {
      throw fault(e);
    }
  }

  @Override
  public String provider() {
    return model.provider();
  }

  @Override
  public String name() {
    return model.name();
  }

  @Override
  public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events)
      throws InterruptedException {
    Turn turn = model.next(conversation, tools, events);
    List<Turn> turns = new ArrayList<>(conversation.stream().flatMap(Message::said).toList());
    turns.add(turn);
    try {
      Path temporary = temporary();
      Files.writeString(temporary, ReplayWriter.write(turns, redaction));
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw fault(e);
    }
    return turn;
  }

  private Path temporary() throws IOException {
    Path directory = file.getParent();
    try {
      return Files.createTempFile(
          directory,
          ".recording-",
          ".json",
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(directory.toString());
    } catch (AccessDeniedException e) {
      throw new AccessDeniedException(directory.toString());
    }
  }

  private ModelException fault(IOException e) {
    return new ModelException(
        ModelException.Kind.RECORDING_FAILED,
        "the model's turns cannot be recorded in " + file + ": " + FileFailure.reason(e),
        FileFailure.remedy(e, "Name a file in a directory that you may write to."));
  }

  @Override
  public void close() {
    model.close();
  }
}
