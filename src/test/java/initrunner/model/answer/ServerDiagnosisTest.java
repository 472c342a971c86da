package initrunner.model.answer;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.model.ModelException;
import initrunner.model.ModelException.Kind;
import initrunner.model.TestModels;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.role.file.RoleEnvironment;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerDiagnosisTest {

  private static final ServerDiagnosis DIAGNOSIS = of("acme");

  private static ServerDiagnosis of(String provider) {
    return new ServerDiagnosis(
        ModelEndpoint.of(
            TestModels.settings(
                provider,
                "m",
                Optional.of(URI.create("http://h.example/v1")),
                Optional.empty(),
                0.1,
                100),
            RoleEnvironment.ofProcess(Map.of())));
  }

  @Test
  void ofOllamaTheNextStepIsItsOwnCommand() {
    ServerDiagnosis ollama = of("ollama");
    assertThat(ollama.ofConnection(because(new ConnectException("refused"))).remedy())
        .contains("ollama serve", "https://ollama.com", "OLLAMA_BASE_URL");
    assertThat(ollama.ofStatus(404, "model 'm' not found").remedy()).endsWith("ollama pull m");
    assertThat(DIAGNOSIS.ofStatus(404, "model 'm' not found").remedy()).doesNotContain("ollama");
  }

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

  private static ServerDiagnosis behindProxy() {
    return new ServerDiagnosis(
        ModelEndpoint.of(
            TestModels.settings(
                "acme",
                "m",
                Optional.of(URI.create("http://h.example/v1")),
                Optional.empty(),
                0.1,
                100),
            RoleEnvironment.ofProcess(Map.of("http_proxy", "http://proxy.example:3128"))));
  }

  private static IOException because(Exception cause) {
    return new IOException("sending failed", cause);
  }

  /// A failed connection is the proxy's fault; a failure after it is the server's.
  @Test
  void whyThereIsNoConnectionIsToldOfTheServerOrOfTheProxy() {
    IOException unresolved = because(new UnresolvedAddressException());
    IOException late = because(new HttpConnectTimeoutException("timed out"));
    IOException refused = because(new ConnectException("refused"));
    IOException tls = because(new SSLException("no trust"));
    IOException reset = new IOException(" reset\n by peer ");

    assertThat(told(DIAGNOSIS, unresolved))
        .isEqualTo("SERVER_UNKNOWN cannot be found: its name does not resolve");
    assertThat(told(DIAGNOSIS, late))
        .isEqualTo("CONNECT_TIMEOUT did not take the connection in time");
    assertThat(told(DIAGNOSIS, refused)).isEqualTo("CONNECTION_REFUSED refuses the connection");
    assertThat(told(DIAGNOSIS, tls))
        .isEqualTo("TLS has no TLS that can be trusted: sending failed");
    assertThat(told(DIAGNOSIS, reset))
        .isEqualTo("CONNECTION_LOST ended the connection before its answer: reset by peer");
    assertThat(told(DIAGNOSIS, new IOException()))
        .isEqualTo("CONNECTION_LOST ended the connection before its answer");

    ServerDiagnosis behind = behindProxy();
    assertThat(told(behind, unresolved))
        .isEqualTo("PROXY cannot be found: its name does not resolve");
    assertThat(told(behind, late)).isEqualTo("PROXY did not take the connection in time");
    assertThat(told(behind, refused)).isEqualTo("PROXY refuses the connection");
    assertThat(told(behind, new IOException("Tunnel failed, got: 502")))
        .isEqualTo("PROXY does not connect to the server: Tunnel failed, got: 502");
    assertThat(told(behind, tls)).startsWith("TLS ");
    assertThat(told(behind, reset)).startsWith("CONNECTION_LOST ");
    assertThat(behind.ofStatus(407, "").kind()).isEqualTo(Kind.PROXY);
    assertThat(behind.ofStatus(403, "").kind()).isEqualTo(Kind.KEY_REFUSED);
  }

  /// The kind, and what follows the name of the server or the proxy.
  private static String told(ServerDiagnosis diagnosis, IOException e) {
    ModelException fault = diagnosis.ofConnection(e);
    assertThat(fault.remedy()).isNotBlank();
    return fault.kind()
        + " "
        + fault
            .getMessage()
            .replace("acme at http://h.example/v1 ", "")
            .replaceFirst("^the proxy .* on the way to acme ", "");
  }

  @Test
  void aServersLongWordsAreShortenedToOneLine() {
    assertThat(DIAGNOSIS.ofStatus(500, " a\n\t b ")).hasMessageEndingWith("failed (500): a b");
    assertThat(DIAGNOSIS.ofStatus(500, "x".repeat(10_000)).getMessage())
        .contains("x".repeat(100))
        .hasSizeLessThan(1000);
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
