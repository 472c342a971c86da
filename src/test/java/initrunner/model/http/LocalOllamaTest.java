package initrunner.model.http;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.agent.ScriptedModel;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LocalOllamaTest {

  private static final String TWO = "{\"data\":[{\"id\":\"llama3\"},{\"id\":\"qwen\"}]}";

  @AfterEach
  void clearInterrupt() {
    boolean ignored = Thread.interrupted();
  }

  private static Map<String, String> at(String address) {
    return Map.of("OLLAMA_BASE_URL", address);
  }

  @Test
  void theFirstModelThatItListsIsNamed() {
    for (String after : new String[] {"", "/", "// "}) {
      try (ScriptedModel server = ScriptedModel.of(ScriptedModel.status(200, TWO))) {
        assertThat(LocalOllama.firstModel(at(server.baseUrl() + after))).contains("llama3");
        assertThat(server.requests())
            .extracting(ScriptedModel.Request::path)
            .containsExactly("/v1/models");
      }
    }
  }

  @Test
  void oneThatListsNoneOrAnswersSomethingElseHasNone() {
    for (String body : new String[] {"{\"data\":[]}", "{\"data\":[{\"id\":\" \"}]}", "[]", "<p>"}) {
      try (ScriptedModel server = ScriptedModel.of(ScriptedModel.status(200, body))) {
        assertThat(LocalOllama.firstModel(at(server.baseUrl().toString()))).as(body).isEmpty();
      }
    }
    try (ScriptedModel server =
        ScriptedModel.of(new ScriptedModel.Reply.Endless(Map.of(), "{\"data\":[", " "))) {
      assertThat(LocalOllama.firstModel(at(server.baseUrl().toString()))).isEmpty();
    }
  }

  @Test
  void whereNoneAnswersThereIsNone() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    assertThat(LocalOllama.firstModel(at("http://127.0.0.1:" + free + "/v1"))).isEmpty();
    assertThat(LocalOllama.firstModel(at("no address"))).isEmpty();
    try (ScriptedModel server = ScriptedModel.of(new ScriptedModel.Reply.Hang())) {
      assertThat(LocalOllama.firstModel(at(server.baseUrl().toString()))).isEmpty();
    }
  }

  @Test
  void anInterruptIsNoAnswerAndStays() {
    try (ScriptedModel server = ScriptedModel.of(new ScriptedModel.Reply.Hang())) {
      Thread.currentThread().interrupt();
      assertThat(LocalOllama.firstModel(at(server.baseUrl().toString()))).isEmpty();
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }
  }
}
