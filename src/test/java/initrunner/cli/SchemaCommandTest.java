package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchemaCommandTest {

  @Test
  void printsOneSchemaAndNothingElse() throws JsonProcessingException {
    CapturedConsole console = CapturedConsole.of(Map.of());

    int status = console.run("schema");

    JsonNode schema = new ObjectMapper().readTree(console.stdout());
    assertThat(status).isZero();
    assertThat(console.stderr()).isEmpty();
    assertThat(schema.path("$schema").textValue())
        .isEqualTo("https://json-schema.org/draft/2020-12/schema");
    assertThat(schema.at("/$defs/model/properties/temperature/default").doubleValue())
        .isEqualTo(0.1);
    assertThat(schema.at("/$defs/guardrails/properties/max_tool_calls/minimum").intValue())
        .isZero();
    assertThat(schema.at("/$defs/model/additionalProperties").booleanValue()).isFalse();
  }
}
