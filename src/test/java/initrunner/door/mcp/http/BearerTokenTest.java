package initrunner.door.mcp.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BearerTokenTest {

  @TempDir private Path directory;
  private Map<String, String> process;
  private Path file;

  @BeforeEach
  void nameHome() {
    process = Map.of("INITRUNNER_HOME", directory.resolve("home").toString());
    file = directory.resolve("home/mcp_http.token");
  }

  @Test
  void theFirstServerMakesATokenThatOnlyTheUserCanReadAndTheNextOneKeepsIt() throws Exception {
    BearerToken token = BearerToken.of(process);

    String text = Files.readString(file);
    assertThat(text).matches("[0-9a-f]{64}\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(token.isIn("Bearer " + text.strip())).isTrue();
    assertThat(token.isIn("bearer " + text.strip())).isTrue();
    assertThat(token.isIn("Bearer " + text.strip() + "0")).isFalse();
    assertThat(token.isIn(text.strip())).isFalse();
    assertThat(token.isIn("")).isFalse();
    assertThat(token.toString()).doesNotContain(text.strip());
    assertThat(BearerToken.of(process).isIn("Bearer " + text.strip())).isTrue();
  }

  @Test
  void aTokenThatOthersCouldReadIsRefused() throws Exception {
    BearerToken.of(process);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> BearerToken.of(process))
        .isInstanceOf(McpHttpException.class)
        .hasMessageContaining(file + ", is open to other users (rw-r-----)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "a token with blanks, which no header can hold"})
  void whatIsNoTokenIsRefused(String text) throws Exception {
    BearerToken.of(process);
    Files.writeString(file, text);

    assertThatThrownBy(() -> BearerToken.of(process))
        .isInstanceOf(McpHttpException.class)
        .hasMessageContaining("holds no token")
        .message()
        .doesNotContain("which no header");
  }
}
