package initrunner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Files that hold what a program says. With the environment variable `BLESS=true` or the system
/// property `bless=true`, a test writes what it finds, and fails if that differs: a person reads
/// the difference and commits it.
public final class Golden {

  private Golden() {}

  /// Fails unless a file holds this text.
  public static void compare(Path file, String found) throws IOException {
    compare(
        file, found, Boolean.getBoolean("bless") || Boolean.parseBoolean(System.getenv("BLESS")));
  }

  static void compare(Path file, String found, boolean blesses) throws IOException {
    String held = Files.exists(file) ? Files.readString(file) : "";
    if (blesses && !found.equals(held)) {
      Files.writeString(file, found);
    }
    assertThat(held).as("%s is missing or blank", file).isNotBlank();
    assertThat(found)
        .as("%s; BLESS=true in the environment writes what is found, and fails once", file)
        .isEqualTo(held);
  }
}
