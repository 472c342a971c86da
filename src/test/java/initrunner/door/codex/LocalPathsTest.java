package initrunner.door.codex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.door.jsonrpc.RpcException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalPathsTest {

  private static final LocalPaths PATHS = new LocalPaths("/home/me/project", "/srv/work");

  @ParameterizedTest
  @CsvSource({
    "/home/me/project,          /srv/work",
    "/home/me/project/,         /srv/work/",
    "/home/me/project/a/../b,   /srv/work/b",
    "/home/me/project2/a,       /home/me/project2/a",
    "/home/me,                  /home/me",
    "/srv/work/a,               /srv/work/a",
    "/home/me/project/../x,     /home/me/x",
    "/etc/passwd,               /etc/passwd"
  })
  void theLocalDirectoryStandsForTheHosts(String local, String host) {
    assertThat(PATHS.onHost(local)).isEqualTo(host);
  }

  @Test
  void theHostsDirectoryIsNamedAsTheLocalOne() {
    assertThat(PATHS.fromHost("/srv/work/a")).isEqualTo("/home/me/project/a");
    assertThat(PATHS.fromHost("/srv/work")).isEqualTo("/home/me/project");
    assertThat(PATHS.fromHost("/srv/workshop")).isEqualTo("/srv/workshop");
  }

  /// So a command's output can name a file, and Codex read it.
  @Test
  void aPathOfTheHostWinsWhereBothReadingsArePossible() {
    LocalPaths nested = new LocalPaths("/srv", "/srv/work");
    assertThat(nested.onHost("/srv/work/a")).isEqualTo("/srv/work/a");
    assertThat(nested.onHost("/srv/a")).isEqualTo("/srv/work/a");
    assertThat(new LocalPaths("/a", "/").onHost("/a/b")).isEqualTo("/a/b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/a b/ü%20#?", "/x/😀/$&'()*+,;=:@~"})
  void aPathIsTheSameAfterItsUri(String path) throws RpcException {
    assertThat(FileUri.of(path)).matches("file:///[!-~]*").doesNotContain("#", "?", "\"");
    assertThat(FileUri.path(FileUri.of(path))).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/srv",
        "file:",
        "file://host/x",
        "http:///x",
        "file:///%",
        "file:///%4",
        "file:///%zz",
        "file:///%ff"
      })
  void whatIsNoPathOfThisKindIsRefused(String uri) {
    assertThatThrownBy(() -> FileUri.path(uri)).isInstanceOf(RpcException.class);
  }
}
