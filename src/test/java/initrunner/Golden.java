package initrunner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Files that hold what a program says. With the environment variable `BLESS=true` or the system
/// property `bless=true`, a test writes what it finds; a person reads the difference and commits
/// it.
public final class Golden {

  private Golden() {}

  /// Whether a file holds this text.
  public static void compare(Path file, String found) throws IOException {
    if (Boolean.getBoolean("bless") || Boolean.parseBoolean(System.getenv("BLESS"))) {
      Files.writeString(file, found);
    }
    assertThat(found)
        .as("%s; BLESS=true in the environment writes what is found", file)
        .isEqualTo(Files.readString(file));
  }
}
