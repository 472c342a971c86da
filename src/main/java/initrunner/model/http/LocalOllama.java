package initrunner.model.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.role.model.Provider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The Ollama of this machine, if one runs. Stateless.
final class LocalOllama {

  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final long MOST_BYTES = 1 << 20;

  private LocalOllama() {}

  /// The first model that it lists, as [#models].
  static Optional<String> firstModel(Map<String, String> environment) {
    return models(environment).stream().findFirst();
  }

  /// The models that it lists. Blocks for three seconds at most; an interrupt counts as no answer
  /// and stays set.
  static List<String> models(Map<String, String> environment) {
    String base =
        Optional.ofNullable(environment.get(Provider.OLLAMA.urlVariable()))
            .filter(given -> !given.isBlank())
            .orElse(Provider.OLLAMA.url().toString());
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      try {
        return models(http, URI.create(base.strip().replaceFirst("/+$", "") + "/models"));
      } finally {
        // Closing waits for an answer that may never end.
        http.shutdownNow();
      }
    } catch (IOException | ExecutionException | TimeoutException | IllegalArgumentException none) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private static List<String> models(HttpClient http, URI address)
      throws IOException, ExecutionException, TimeoutException, InterruptedException {
    HttpResponse<String> response =
        http.sendAsync(
                HttpRequest.newBuilder(address).timeout(PATIENCE).build(),
                BodyHandlers.limiting(BodyHandlers.ofString(), MOST_BYTES))
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    List<String> names = new ArrayList<>();
    new ObjectMapper()
        .readTree(response.body())
        .path("data")
        .forEach(model -> names.add(model.path("id").asText()));
    return names.stream().filter(name -> !name.isBlank()).toList();
  }
}
