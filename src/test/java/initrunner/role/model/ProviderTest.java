package initrunner.role.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProviderTest {

  @ParameterizedTest
  @EnumSource
  void theTableOfTheDocsHasIt(Provider provider) throws IOException {
    String row =
        provider == Provider.OLLAMA
            ? "| `ollama` | none | Chat Completions, at `http://localhost:11434/v1` | its first |"
            : "| `%s` | `%s` | %s | `%s` |"
                .formatted(
                    provider.id(),
                    provider.keyVariable().orElseThrow(),
                    provider.api().title(),
                    provider.usualModel());

    assertThat(Files.readAllLines(Path.of("docs/models.md"))).contains(row);
  }
}
