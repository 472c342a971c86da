package initrunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenTest {

  @TempDir private Path directory;

  private Path file;

  @BeforeEach
  void nameAFile() {
    file = directory.resolve("golden.txt");
  }

  @Test
  void theTextOfTheFilePasses() throws IOException {
    Files.writeString(file, "a\n");

    assertThatCode(() -> Golden.compare(file, "a\n", false)).doesNotThrowAnyException();
    assertThatCode(() -> Golden.compare(file, "a\n", true)).doesNotThrowAnyException();
  }

  @Test
  void anotherTextFails() throws IOException {
    Files.writeString(file, "a\n");

    assertThatThrownBy(() -> Golden.compare(file, "b\n", false)).isInstanceOf(AssertionError.class);
    assertThat(file).hasContent("a\n");
  }

  @Test
  void aMissingFileFails() {
    assertThatThrownBy(() -> Golden.compare(file, "", false))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("missing or blank");
  }

  @Test
  void aBlankFileFailsEvenIfNothingIsFound() throws IOException {
    Files.writeString(file, "\n");

    assertThatThrownBy(() -> Golden.compare(file, "\n", true)).isInstanceOf(AssertionError.class);
  }

  @Test
  void aDifferenceThatIsWrittenFailsOnce() throws IOException {
    Files.writeString(file, "a\n");

    assertThatThrownBy(() -> Golden.compare(file, "b\n", true)).isInstanceOf(AssertionError.class);
    assertThat(file).hasContent("b\n");
    assertThatCode(() -> Golden.compare(file, "b\n", true)).doesNotThrowAnyException();
  }
}
