package initrunner.model.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.role.model.Provider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The Ollama of this machine, if one runs. Stateless.
final class LocalOllama {

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final long MOST_BYTES = 1 << 20;

  private LocalOllama() {}

  /// The first model that it lists. Blocks for a second at most; an interrupt counts as no answer
  /// and stays set.
  static Optional<String> firstModel(Map<String, String> environment) {
    String base =
        Optional.ofNullable(environment.get(Provider.OLLAMA.urlVariable()))
            .filter(given -> !given.isBlank())
            .orElse(Provider.OLLAMA.url().toString());
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      try {
        return firstModel(http, URI.create(base.strip().replaceFirst("/+$", "") + "/models"));
      } finally {
        // Closing waits for an answer that may never end.
        http.shutdownNow();
      }
    } catch (IOException | ExecutionException | TimeoutException | IllegalArgumentException none) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Optional<String> firstModel(HttpClient http, URI address)
      throws IOException, ExecutionException, TimeoutException, InterruptedException {
    HttpResponse<String> response =
        http.sendAsync(
                HttpRequest.newBuilder(address).timeout(PATIENCE).build(),
                BodyHandlers.limiting(BodyHandlers.ofString(), MOST_BYTES))
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    JsonNode models = new ObjectMapper().readTree(response.body()).path("data");
    return Optional.of(models.path(0).path("id").asText()).filter(name -> !name.isBlank());
  }
}
