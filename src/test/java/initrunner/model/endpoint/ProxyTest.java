package initrunner.model.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.agent.ScriptedModel;
import initrunner.model.Message;
import initrunner.model.Model;
import initrunner.model.ModelException;
import initrunner.model.ModelException.Kind;
import initrunner.model.TestModels;
import initrunner.model.http.Models;
import initrunner.role.Execution;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.ModelSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ProxyTest {

  private static final URI SECURE = URI.create("https://model.example.org/v1");
  private static final URI PLAIN = URI.create("http://model.example.org/v1");

  /// `me:hunter@2` in the form of the header.
  private static final String BASIC = "Basic bWU6aHVudGVyQDI=";

  @Test
  void aRequestWithoutTlsGoesThroughTheProxyWithItsPassword() throws Exception {
    try (ScriptedModel proxy = ScriptedModel.of(ScriptedModel.text("Linux."))) {
      String address = "http://me:hunter%402@" + proxy.baseUrl().getAuthority();
      try (Model model = model(PLAIN, Map.of("http_proxy", address))) {
        assertThat(ask(model)).isEqualTo("Linux.");
      }
      assertThat(proxy.requests().getFirst().headers())
          .containsEntry("proxy-authorization", BASIC)
          .containsEntry("host", "model.example.org");
    }
  }

  @Test
  void aRequestWithTlsAsksTheProxyForATunnelWithItsPassword() throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      FutureTask<List<String>> head = new FutureTask<>(() -> answered(proxy, "403 Forbidden"));
      Thread.ofVirtual().start(head);
      ModelException fault = fault(SECURE, "HTTPS_PROXY", "me:hunter%402@", proxy.getLocalPort());

      assertThat(head.get())
          .startsWith("CONNECT model.example.org:443 HTTP/1.1")
          .contains("Proxy-Authorization: " + BASIC);
      assertThat(fault.kind()).isEqualTo(Kind.PROXY);
      assertThat(fault)
          .hasMessage(
              "the proxy 127.0.0.1:"
                  + proxy.getLocalPort()
                  + " on the way to my-server does not connect to the server: Tunnel failed, got: 403");
      assertThat(fault.remedy()).contains("HTTPS_PROXY").doesNotContain("hunter");
    }
  }

  @Test
  void aProxyThatWantsAnotherPasswordIsToldApartFromTheServer() throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(
              new FutureTask<>(() ->
                  answered(
                      proxy,
                      "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"")));
      ModelException fault = fault(SECURE, "https_proxy", "me:hunter2@", proxy.getLocalPort());

      assertThat(fault.kind()).isEqualTo(Kind.PROXY);
      assertThat(fault).hasMessageEndingWith("does not accept the user and password (407)");
      assertThat(fault + fault.remedy()).contains("https_proxy").doesNotContain("hunter2");
    }
  }

  @Test
  void aProxyThatRepeatsWhatItWasSentIsQuotedWithoutThePassword() {
    ModelEndpoint endpoint =
        ModelEndpoint.of(
            TestModels.settings("openai", "m", Optional.empty(), Optional.empty(), 0.1, 100),
            RoleEnvironment.ofProcess(
                Map.of(
                    "OPENAI_API_KEY", "sk-secret",
                    "https_proxy", "http://me:hunter2-and-more@proxy.example:3128")));

    assertThat(
            endpoint.withoutSecrets(
                "Proxy-Authorization: Basic bWU6aHVudGVyMi1hbmQtbW9yZQ== (hunter2-and-more)"))
        .isEqualTo("Proxy-Authorization: Basic [REDACTED] ([REDACTED])");
    assertThat(endpoint.toString()).doesNotContain("secret", "hunter2");
  }

  @Test
  void aProxyThatIsNotThereIsToldApartFromTheServer() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    for (URI address : List.of(SECURE, PLAIN)) {
      String variable = address.equals(SECURE) ? "HTTPS_PROXY" : "HTTP_PROXY";
      ModelException refused = fault(address, variable, "me:hunter2@", closed);
      assertThat(refused.kind()).isEqualTo(Kind.PROXY);
      assertThat(refused).hasMessageContaining("refuses the connection");
      assertThat(refused + refused.remedy()).contains(variable).doesNotContain("hunter2");
    }
    try (Model model = model(SECURE, Map.of("HTTPS_PROXY", "http://proxy.invalid:3128"))) {
      ModelException unknown = catchThrowableOfType(ModelException.class, () -> ask(model));
      assertThat(unknown.kind()).isEqualTo(Kind.PROXY);
      assertThat(unknown)
          .hasMessageStartingWith("the proxy proxy.invalid:3128 on the way to my-server ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://p:1", "http://p:65535"})
  void everyPortMayBeAProxys(String value) {
    assertThat(Proxy.of(SECURE, Map.of("HTTPS_PROXY", value)))
        .hasValueSatisfying(proxy -> assertThat(value).endsWith(":" + proxy.port()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socks5://me:hunter2@p:1080",
        "https://me:hunter2@p:1",
        "http://me:hunter2@p:x",
        "http://me:hunter2@p:70000",
        "http://me:hunter2@p:65536",
        "http://me:hunter2@p:0",
        "http://me:%zzhunter2@p:1",
        "hunter2 p"
      })
  void aVariableThatHoldsNoProxyIsToldWithoutItsValue(String value) {
    ModelException fault =
        catchThrowableOfType(
            ModelException.class, () -> Proxy.of(SECURE, Map.of("HTTPS_PROXY", value)));

    assertThat(fault.kind()).isEqualTo(Kind.PROXY);
    assertThat(fault)
        .hasMessage("environment variable HTTPS_PROXY holds no address of an HTTP proxy");
    assertThat(fault.remedy()).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource({
    "http://p:65535, p:65535, ''",
    "http://p:1, p:1, ''",
    "http://@p, p:80, ''",
    "me@p, p:80, me:",
    ":hunter2@p, p:80, :hunter2",
    "me:a:b@p, p:80, me:a:b",
  })
  void aProxyHasAHostAPortAndAUserWhereThatIsWritten(String written, String shown, String user) {
    Proxy proxy = Proxy.of(SECURE, Map.of("https_proxy", written)).orElseThrow();
    String basic = Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));

    assertThat(proxy.shown()).isEqualTo(shown);
    assertThat(proxy.authorization().orElse("")).isEqualTo(user.isEmpty() ? "" : "Basic " + basic);
    assertThat(proxy.secrets().contains(basic)).isEqualTo(!user.isEmpty());
  }

  @Test
  void theVariablesCountInTheirOrder() {
    Map<String, String> environment = new HashMap<>();
    assertThat(Proxy.of(SECURE, environment)).isEmpty();
    environment.put("HTTPS_PROXY", "upper:1");
    environment.put("HTTP_PROXY", "plain:2");
    assertThat(Proxy.of(SECURE, environment).orElseThrow().shown()).isEqualTo("upper:1");
    assertThat(Proxy.of(PLAIN, environment).orElseThrow().shown()).isEqualTo("plain:2");
    environment.put("REQUEST_METHOD", "GET");
    assertThat(Proxy.of(PLAIN, environment)).isEmpty();
    environment.put("http_proxy", "http://[::1]/");
    environment.put("https_proxy", "lower");
    assertThat(Proxy.of(SECURE, environment).orElseThrow().shown()).isEqualTo("lower:80");
    assertThat(Proxy.of(PLAIN, environment).orElseThrow().host()).isEqualTo("::1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "*; https://a.b/v1; true",
        "x, b.c; https://a.b.c/v1; true",
        "x .b.c; https://a.b.c/v1; true",
        "*.b.c; https://b.c/v1; true",
        "b.c; https://ab.c/v1; false",
        "B.c:443; https://b.C/v1; true",
        "b.c:8443; https://b.c/v1; false",
        "b.c:8443; https://b.c:8443/v1; true",
        "10.0.0.1; http://10.0.0.1:8000/v1; true",
        "10.0.0.1; http://10.0.0.10:8000/v1; false",
        "fd00::1; http://[fd00::1]:8000/v1; true",
        "[fd00::1]:8000; http://[fd00::1]:8000/v1; true",
        "[fd00::1]:8001; http://[fd00::1]:8000/v1; false",
        "," + "; http://a/v1; false",
        "x; http://localhost:11434/v1; true",
        "x; http://127.0.0.2:11434/v1; true",
        "x; http://[::1]:11434/v1; true",
      })
  void hostsOfNoProxyAndThisMachineAreReachedWithoutOne(String list, URI address, boolean direct) {
    Map<String, String> environment =
        Map.of("https_proxy", "p:1", "http_proxy", "p:1", "NO_PROXY", list);

    assertThat(Proxy.of(address, environment).isEmpty()).isEqualTo(direct);
  }

  private static ModelException fault(URI address, String variable, String user, int port)
      throws Exception {
    try (Model model = model(address, Map.of(variable, "http://" + user + "127.0.0.1:" + port))) {
      return catchThrowableOfType(ModelException.class, () -> ask(model));
    }
  }

  private static Model model(URI address, Map<String, String> environment) {
    ModelSettings settings =
        TestModels.settings("my-server", "m", Optional.of(address), Optional.empty(), 0.1, 100);
    return TestModels.open(settings, Execution.DEFAULT, environment, Models.Delivery.WHOLE);
  }

  private static String ask(Model model) throws InterruptedException {
    return model.next(List.of(new Message.User("Which kernel?")), List.of(), _ -> {}).text();
  }

  /// The head of the one request that the proxy gets.
  private static List<String> answered(ServerSocket proxy, String status) throws IOException {
    try (Socket client = proxy.accept()) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
      List<String> head = new ArrayList<>();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        head.add(line);
      }
      String answer = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n";
      client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      return head;
    }
  }

  @Test
  void aRangeOfAddressesIsReachedWithoutAProxyAndNoNameIsLookedUp() {
    for (String url :
        List.of("http://10.1.2.3/v1", "http://[fd00::1]/v1", "http://10.200.0.1:8/")) {
      assertThat(proxied(url, "10.0.0.0/8, fd00::/8")).as(url).isFalse();
    }
    for (String url : List.of("http://11.0.0.1/", "http://[fe80::1]/", "http://ten.example/")) {
      assertThat(proxied(url, "10.0.0.0/8,fd00::/8,10.0.0.0/33")).as(url).isTrue();
    }
    assertThat(proxied("http://192.0.2.9/", "0.0.0.0/0")).isFalse();
  }

  private static boolean proxied(String url, String list) {
    return Proxy.of(URI.create(url), Map.of("http_proxy", "p:1", "NO_PROXY", list)).isPresent();
  }
}
