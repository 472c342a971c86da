package initrunner.agent;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.model.endpoint.Provider;
import initrunner.role.ModelName;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KnownProvidersTest {

  @Test
  void whatARoleMayNameIsWhatCanBeAsked() {
    assertThat(Stream.of(Provider.values()).map(Provider::id))
        .containsExactlyInAnyOrderElementsOf(ModelName.PROVIDERS);
  }
}
