package initrunner.model.answer;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.model.ModelException;
import initrunner.model.ModelException.Kind;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.role.ModelSettings;
import initrunner.role.RoleEnvironment;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerDiagnosisTest {

  private static final ServerDiagnosis DIAGNOSIS =
      new ServerDiagnosis(
          ModelEndpoint.of(
              new ModelSettings(
                  "acme",
                  "m",
                  Optional.of(URI.create("http://h.example/v1")),
                  Optional.empty(),
                  0.1,
                  100),
              RoleEnvironment.ofProcess(Map.of())));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "300|moved|API_NOT_FOUND|redirects elsewhere (300): moved",
        "399|moved|API_NOT_FOUND|redirects elsewhere (399): moved",
        "400|no|REQUEST_REFUSED|does not accept the request (400): no",
        "400|API_KEY_INVALID|KEY_REFUSED|wants a key and got none (400): API_KEY_INVALID",
        "400|your credit balance is low|QUOTA_EXHAUSTED|says that the account's quota is used up"
            + " (400): your credit balance is low",
        "402|pay|QUOTA_EXHAUSTED|says that the account's quota is used up (402): pay",
        "401|no|KEY_REFUSED|wants a key and got none (401): no",
        "403|no|KEY_REFUSED|wants a key and got none (403): no",
        "404|no such Model|MODEL_UNKNOWN|does not have model 'm' (404): no such Model",
        "404|no such page|API_NOT_FOUND|has no Chat Completions API (404): no such page",
        "405|no model|API_NOT_FOUND|has no Chat Completions API (405): no model",
        "407|proxy|REQUEST_REFUSED|does not accept the request (407): proxy",
        "429|slow|RATE_LIMITED|takes no more requests for now (429): slow",
        "429|insufficient_quota|QUOTA_EXHAUSTED|says that the account's quota is used up (429):"
            + " insufficient_quota",
        "499|x|REQUEST_REFUSED|does not accept the request (499): x",
        "500|x|SERVER_FAILED|failed (500): x",
        "529|x|SERVER_FAILED|is overloaded (529): x",
      })
  void aStatusHasItsKindAndTheServersWords(int status, String body, Kind kind, String message) {
    ModelException fault = DIAGNOSIS.ofStatus(status, body);

    assertThat(fault.kind()).isEqualTo(kind);
    assertThat(fault).hasMessage("acme at http://h.example/v1 " + message);
    assertThat(fault.remedy()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource({
    "model_length, true",
    "model_context_window_exceeded, true",
    "model_lengthy, false",
    "error, false",
  })
  void whereTheModelsWindowIsFullTheNextStepSaysSo(String reason, boolean isFull) {
    ModelException fault = DIAGNOSIS.failedAnswer(reason, "");

    assertThat(fault.kind()).isEqualTo(Kind.SERVER_FAILED);
    assertThat(fault).hasMessageContaining(reason);
    assertThat(fault.remedy().contains("context_window")).isEqualTo(isFull);
    assertThat(fault.remedy()).isNotBlank();
  }

  @Test
  void anErrorInAnAnswerThatHadBegunIsTheServers() {
    ErrorObject error = new ErrorObject(Optional.of(429), "slow");

    assertThat(DIAGNOSIS.ofError(error, false).kind()).isEqualTo(Kind.RATE_LIMITED);
    assertThat(DIAGNOSIS.ofError(error, true).kind()).isEqualTo(Kind.SERVER_FAILED);
    assertThat(DIAGNOSIS.ofError(error, true).remedy()).startsWith("Run it again");
    assertThat(DIAGNOSIS.ofError(new ErrorObject(Optional.of(500), "x"), false).kind())
        .isEqualTo(Kind.SERVER_FAILED);
  }
}
