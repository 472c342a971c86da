package initrunner.model.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.model.ModelException;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.Additions;
import initrunner.role.model.ModelSettings;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModelEndpointTest {

  private static ModelSettings settings(Additions additions) {
    return new ModelSettings(
        "openai",
        "m",
        Optional.empty(),
        Optional.empty(),
        0.1,
        100,
        Optional.empty(),
        ModelSettings.DEFAULT.sampling(),
        ModelSettings.DEFAULT.providerFields(),
        additions,
        ModelSettings.DEFAULT.patience(),
        Optional.empty(),
        ModelSettings.Fallback.NONE);
  }

  private static ModelEndpoint of(String key) {
    return ModelEndpoint.of(
        settings(ModelSettings.DEFAULT.additions()),
        RoleEnvironment.ofProcess(Map.of("OPENAI_API_KEY", key)));
  }

  @Test
  void aKeyIsTakenWithoutTheBlanksAroundIt() {
    assertThat(of(" !a~\n").requiredKey().secret()).isEqualTo("!a~");
    assertThat(of("sk-secret"))
        .hasToString("openai:m at https://api.openai.com/v1 with OPENAI_API_KEY");
  }

  @Test
  void aCharacterThatNoKeyHasIsNamedWithItsPositionAndWithoutTheKey() {
    Map<String, String> keys =
        Map.of(
            "sk-\u00A0x", "U+00A0 at position 4",
            "a b", "U+0020 at position 2",
            "ab\u007F", "U+007F at position 3",
            "\u201Csk\u201D", "U+201C at position 1");
    keys.forEach((key, where) -> {
      ModelException fault = catchThrowableOfType(ModelException.class, () -> of(key));

      assertThat(fault.kind()).isEqualTo(ModelException.Kind.KEY_INVALID);
      assertThat(fault)
          .hasMessage(
              "environment variable OPENAI_API_KEY holds a character that no key has ("
                  + where
                  + ")");
    });
    assertThat(catchThrowableOfType(ModelException.class, () -> of(" \n")).kind())
        .isEqualTo(ModelException.Kind.KEY_MISSING);
  }

  @Test
  void whatTheRoleSendsBesideTheKeyIsNotShownEither() {
    Additions additions =
        new Additions(Map.of(), Map.of(), Map.of(), Set.of("LONG", "LONGER", "SHORT", "UNSET"));
    ModelEndpoint endpoint =
        ModelEndpoint.of(
            settings(additions),
            RoleEnvironment.ofProcess(
                Map.of(
                    "OPENAI_API_KEY", "sk-1",
                    "LONG", " abcd ",
                    "LONGER", "abcdefgh",
                    "SHORT", "xyz")));

    assertThat(endpoint.withoutSecrets("sk-1 abcd abcdefgh xyz"))
        .isEqualTo("[REDACTED] [REDACTED] [REDACTED] xyz");
  }
}
