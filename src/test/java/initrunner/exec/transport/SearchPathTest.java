package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SearchPathTest {

  @Test
  void whereThereIsNoPathTheUsualDirectoriesAreSearched() {
    assertThat(SearchPath.of(Map.of("PATH", "/opt/bin"))).isEqualTo("/opt/bin");
    assertThat(SearchPath.of(Map.of()))
        .isEqualTo(SearchPath.of(Map.of("PATH", "")))
        .contains("/usr/bin", "/bin");
    assertThat(SearchPath.find("sh", SearchPath.of(Map.of()))).isPresent();
  }
}
