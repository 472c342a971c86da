package initrunner.model.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.model.ModelName;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProviderTest {

  @Test
  void whatARoleMayNameIsWhatCanBeAsked() {
    assertThat(Stream.of(Provider.values()).map(Provider::id))
        .containsExactlyInAnyOrderElementsOf(ModelName.PROVIDERS);
  }
}
