package initrunner.runtime.terminals;

import initrunner.exec.Command;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a terminal's device on the host, which the terminal says in its first line. For one
/// writing thread; any may ask.
final class Device {

  private static final Pattern NAME =
      Pattern.compile("/dev/(pts/[0-9]{1,9}|tty[A-Za-z]?[0-9]{1,9})");
  private static final int MOST_BYTES = 64;

  private final boolean isTold;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean isOver;
  private volatile Optional<String> name = Optional.empty();

  private Device(boolean isTold) {
    this.isTold = isTold;
    this.isOver = !isTold;
  }

  static Device told() {
    return new Device(true);
  }

  static Device unknown() {
    return new Device(false);
  }

  /// The command that says it first.
  Command named(Command command) {
    if (!isTold) {
      return command;
    }
    List<String> argv = new ArrayList<>(List.of("sh", "-c", "tty; exec \"$0\" \"$@\""));
    argv.addAll(command.argv());
    return command.withArgv(argv);
  }

  /// The bytes behind the name; empty while there are none. A first line that is no name is output.
  Optional<ByteBuffer> without(ByteBuffer bytes) {
    while (!isOver && bytes.hasRemaining()) {
      byte each = bytes.get();
      line.write(each);
      if (each == '\n' || line.size() == MOST_BYTES) {
        isOver = true;
        String said = line.toString(StandardCharsets.UTF_8).strip();
        if (!NAME.matcher(said).matches()) {
          return Optional.of(
              ByteBuffer.allocate(line.size() + bytes.remaining())
                  .put(line.toByteArray())
                  .put(bytes)
                  .flip());
        }
        name = Optional.of(said);
      }
    }
    return bytes.hasRemaining() ? Optional.of(bytes) : Optional.empty();
  }

  Optional<String> name() {
    return name;
  }
}
