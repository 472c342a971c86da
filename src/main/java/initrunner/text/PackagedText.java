package initrunner.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Scripts and lists that are part of the program. Stateless.
public final class PackagedText {

  private PackagedText() {}

  /// The whole text of a file of the jar, in UTF-8.
  ///
  /// @param beside a class of the file's package
  /// @param name relative to that package
  /// @throws IllegalStateException if the jar lacks the file
  public static String read(Class<?> beside, String name) {
    try (InputStream file = beside.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException(name + " is missing from the jar");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be read from the jar", e);
    }
  }
}
