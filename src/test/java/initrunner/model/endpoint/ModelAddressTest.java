package initrunner.model.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.model.ModelException;
import initrunner.model.TestModels;
import initrunner.model.http.Models;
import initrunner.role.RoleLoader;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.Provider;
import initrunner.schema.ConfigException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which source decides where a key goes.
@Timeout(60)
class ModelAddressTest {

  private static final String ELSEWHERE = "http://elsewhere.example/v1";

  @TempDir private Path directory;
  private Path home;
  private Path role;

  @BeforeEach
  void makeDirectories() throws IOException {
    home = Files.createDirectory(directory.resolve("home"));
    role = Files.createDirectory(directory.resolve("project")).resolve("role.yaml");
  }

  /// Each of `process`, `role` and `home` is a place that sets a variable.
  @ParameterizedTest
  @CsvSource({
    "openai, OPENAI_BASE_URL, role, process, refused",
    "openai, OPENAI_BASE_URL, home, process, refused",
    "openai, OPENAI_BASE_URL, role, home, refused",
    "openai, OPENAI_BASE_URL, home, role, refused",
    "openai, OPENAI_BASE_URL, role, role, sent",
    "openai, OPENAI_BASE_URL, home, home, sent",
    "openai, OPENAI_BASE_URL, process, process, sent",
    "openai, OPENAI_BASE_URL, process, role, sent",
    "anthropic, ANTHROPIC_BASE_URL, role, process, refused",
    "google, GOOGLE_BASE_URL, role, process, refused",
    "groq, GROQ_BASE_URL, role, process, refused",
    "mistral, MISTRAL_BASE_URL, role, process, refused",
    "cohere, COHERE_BASE_URL, role, process, refused",
    "xai, XAI_BASE_URL, role, process, refused",
    "deepseek, DEEPSEEK_BASE_URL, role, process, refused",
    "openrouter, OPENROUTER_BASE_URL, role, process, refused",
    "openai, HTTPS_PROXY, role, process, refused",
    "openai, https_proxy, home, process, refused",
    "openai, NO_PROXY, role, process, refused",
    "openai, no_proxy, role, process, refused",
    "openai, https_proxy, role, role, sent",
    "openai, https_proxy, process, process, sent",
  })
  void anAddressInAFileGetsAKeyOfThatFileAlone(
      String provider, String address, String ofAddress, String ofKey, String expected)
      throws IOException {
    String key = Provider.named(provider).flatMap(Provider::keyVariable).orElseThrow();
    set(ofAddress, address, address.endsWith("BASE_URL") ? ELSEWHERE : "http://proxy.example:3128");
    set(ofKey, key, "hunter2");

    Optional<ModelException> fault = fault(model(provider), environment());

    if (expected.equals("sent")) {
      assertThat(fault).isEmpty();
      return;
    }
    assertThat(fault).isPresent();
    assertThat(fault.orElseThrow().kind()).isEqualTo(ModelException.Kind.KEY_WITHHELD);
    assertThat(fault.orElseThrow())
        .hasMessageStartingWith(address + " in " + fileOf(ofAddress) + " leads model " + provider)
        .hasMessageContaining("and its key, " + key + ", does not come from that file");
    assertThat(fault.orElseThrow().remedy())
        .isEqualTo(
            "If that is right, export "
                + address
                + " where initrunner is started, or write "
                + key
                + " into that file too.");
  }

  @ParameterizedTest
  @CsvSource({
    "http_proxy, role, refused",
    "HTTP_PROXY, role, refused",
    "REQUEST_METHOD, role, refused",
    "no_proxy, role, refused",
    "https_proxy, role, sent",
    "http_proxy, process, sent",
  })
  void theWayToAnAddressWithoutTlsIsDecidedByOtherVariables(
      String variable, String place, String expected) throws IOException {
    set("process", "OPENAI_BASE_URL", ELSEWHERE);
    set("process", "OPENAI_API_KEY", "hunter2");
    set(place, variable, "proxy.example:3128");

    assertThat(fault(model("openai"), environment()).isPresent())
        .isEqualTo(expected.equals("refused"));
  }

  @Test
  void aServerOfThisMachineIsReachedWithoutAnyProxySoNoneMatters() throws IOException {
    set("process", "OPENAI_BASE_URL", "http://127.0.0.1:9/v1");
    set("process", "OPENAI_API_KEY", "hunter2");
    set("role", "http_proxy", "proxy.example:3128");

    assertThat(fault(model("openai"), environment())).isEmpty();
  }

  @Test
  void aFallbackIsHeldToTheSameRule() throws IOException {
    set("process", "OPENAI_API_KEY", "a");
    set("process", "GROQ_API_KEY", "b");
    set("role", "GROQ_BASE_URL", ELSEWHERE);
    write("model: {provider: openai, name: m, fallback: ['groq:llama']}");
    ModelSettings settings = RoleLoader.load(role, environment()).model().orElseThrow();

    ModelException fault =
        catchThrowableOfType(ModelException.class, () -> Models.elsewhere(settings, environment()));

    assertThat(fault).hasMessageContaining("leads model groq:llama to " + ELSEWHERE);
  }

  @Test
  void aModelThatNeedsNoKeyIsAskedWhereAFileSaysAndThatIsSaid() throws IOException {
    set("role", "OLLAMA_BASE_URL", ELSEWHERE);

    assertThat(Models.elsewhere(model("ollama"), environment()))
        .containsExactly(
            "Model ollama:m is asked at "
                + ELSEWHERE
                + ", as OLLAMA_BASE_URL in "
                + fileOf("role")
                + " says, without a key.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "base_url: '${LLM_URL}', api_key_env: LLM_KEY|LLM_URL|LLM_KEY|api_key_env",
        "base_url: 'https://${LLM_URL}/v1', api_key_env: LLM_KEY|LLM_URL|LLM_KEY|api_key_env",
        "base_url: '${LLM_URL}', extra_headers: {Authorization: 'Bearer ${LLM_KEY}'}"
            + "|LLM_URL|LLM_KEY|extra_headers.Authorization",
        "base_url: '${LLM_URL}', extra_body: {a: [{b: '${LLM_KEY}'}]}"
            + "|LLM_URL|LLM_KEY|extra_body.a[0].b",
        "extra_headers: {X-Key: '${LLM_KEY}'}|OPENAI_BASE_URL|LLM_KEY|extra_headers.X-Key",
        "extra_headers: {X-Key: '${LLM_KEY}'}|https_proxy|LLM_KEY|extra_headers.X-Key",
      })
  void aSecretThatARolePutsIntoARequestIsHeldToTheSameRule(
      String fields, String address, String secret, String field) throws IOException {
    set("role", address, "https://elsewhere.example/v1");
    set("process", secret, "hunter2");
    write("model: {provider: openai, name: m, " + fields + "}");

    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> RoleLoader.load(role, environment()));

    assertThat(refused)
        .hasMessageContaining(
            "spec.model."
                + field
                + ": "
                + secret
                + " would be sent where "
                + address
                + " in "
                + fileOf("role")
                + " leads, and does not come from that file")
        .hasMessageNotContaining("hunter2");

    set("role", secret, "hunter2");
    process.remove(secret);
    assertThat(RoleLoader.load(role, environment()).model()).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.openai.com/v1, true",
    "https://api.openai.com:443/v1, true",
    "https://api.openai.com:8443/v1, false",
    "http://api.openai.com/v1, false",
    "https://api.openai.com.elsewhere.example/v1, false",
  })
  void theProvidersKeyGoesToTheProvidersOwnServerAlone(String url, boolean own) throws IOException {
    write("model: {provider: openai, name: m, base_url: '" + url + "'}");
    ModelSettings settings = RoleLoader.load(role, environment()).model().orElseThrow();

    ModelAddress address = ModelAddress.of(settings, environment());

    assertThat(address.keyVariable().isPresent()).isEqualTo(own);
    assertThat(Models.elsewhere(settings, environment()).isEmpty()).isEqualTo(own);
  }

  @ParameterizedTest
  @CsvSource({
    "http://h/v1, true",
    "HTTPS://h/v1, true",
    "Http://h:1/v1, true",
    "http://[::1]:1/v1, true",
    "http://h/v1?x=1, false",
    "http://h/v1?, false",
    "http://h/v1#x, false",
    "http://me@h/v1, false",
    "http:/v1, false",
    "http:h, false",
    "http://a_b/v1, false",
    "ftp://h/v1, false",
    "h/v1, false",
  })
  void aRoleMayNameWhatAVariableMayName(String url, boolean right) throws IOException {
    write("model: {provider: ollama, name: m, base_url: '" + url + "'}");
    process.put("OLLAMA_BASE_URL", url);

    Optional<URI> ofRole = loaded().map(settings -> ModelAddress.of(settings, environment()).url());

    assertThat(fault(model("ollama"), environment()).isEmpty()).isEqualTo(right);
    assertThat(ofRole.isPresent()).isEqualTo(right);
    assertThat(ofRole.map(URI::getScheme).orElse("http")).isIn("http", "https");
  }

  private Optional<ModelSettings> loaded() throws IOException {
    try {
      return RoleLoader.load(role, environment()).model();
    } catch (ConfigException e) {
      assertThat(e).hasMessageContaining("base_url");
      return Optional.empty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api", "/v1", "/", "/x", "a", "/v11111111"})
  void anAddressMayBeLongAndIsShownAllTheSame(String part) {
    ModelSettings settings =
        TestModels.settings(
            "acme",
            "m",
            Optional.of(URI.create("http://h.example/" + part.repeat(100_000))),
            Optional.empty(),
            0.1,
            100);

    assertThat(ModelAddress.of(settings, environment()).shown()).startsWith("http://h.example/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"@", "a@", ":", "/", "[", "a:", "://", "http://", "%40"})
  @Tag("slow")
  void aProxysAddressTakesNoLongerForWhatIsRepeatedInIt(String part) {
    process.put("OPENAI_API_KEY", "hunter2");
    process.put("https_proxy", "http://" + part.repeat(100_000) + "!");
    process.put("no_proxy", (part + ",").repeat(100_000));

    assertThat(fault(model("openai"), environment()).map(ModelException::kind))
        .isIn(Optional.empty(), Optional.of(ModelException.Kind.PROXY));
  }

  private final Map<String, String> process = new HashMap<>();

  private RoleEnvironment environment() {
    return RoleEnvironment.of(role, home, process);
  }

  private static ModelSettings model(String provider) {
    return TestModels.settings(provider, "m", Optional.empty(), Optional.empty(), 0.1, 100);
  }

  private static Optional<ModelException> fault(
      ModelSettings settings, RoleEnvironment environment) {
    return Optional.ofNullable(
        catchThrowableOfType(
            ModelException.class, () -> ModelEndpoint.of(settings, environment).shownUrl()));
  }

  private void set(String place, String name, String value) throws IOException {
    if (place.equals("process")) {
      process.put(name, value);
      return;
    }
    Path file = fileOf(place);
    String before = Files.exists(file) ? Files.readString(file) : "";
    Files.writeString(file, before + name + "=" + value + "\n");
  }

  private Path fileOf(String place) {
    return place.equals("home") ? home.resolve(".env") : role.resolveSibling(".env");
  }

  private void write(String model) throws IOException {
    Files.writeString(
        role,
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata: {name: an-agent}
        spec:
          role: You build.
          %s
        """
            .formatted(model));
  }
}
