package initrunner.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// The Ollama of this machine, if one runs. Stateless.
final class LocalOllama {

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private LocalOllama() {}

  /// The first model that it lists. Blocks for a second at most; an interrupt counts as no answer,
  /// and is kept.
  static Optional<String> firstModel(Map<String, String> environment) {
    String base =
        Optional.ofNullable(environment.get(Provider.OLLAMA.urlVariable()))
            .filter(given -> !given.isBlank())
            .orElse(Provider.OLLAMA.url().toString());
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(base.strip() + "/models")).timeout(PATIENCE).build();
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode models = new ObjectMapper().readTree(response.body()).path("data");
      return Optional.of(models.path(0).path("id").asText()).filter(name -> !name.isBlank());
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
