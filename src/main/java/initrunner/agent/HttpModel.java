package initrunner.agent;

import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import initrunner.role.ModelSettings;
import initrunner.tool.Tool;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A model behind HTTP, in whichever protocol. Safe for many threads.
final class HttpModel implements Model {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);

  private final ModelEndpoint endpoint;
  private final Models.Delivery delivery;
  private final RetryPolicy retries;
  private final ServerDiagnosis diagnosis;
  private final java.net.http.HttpClient http;
  private volatile RequestFields fields;

  HttpModel(
      ModelEndpoint endpoint,
      ModelSettings settings,
      Models.Delivery delivery,
      RetryPolicy retries) {
    this.endpoint = endpoint;
    this.fields = RequestFields.of(settings);
    this.delivery = delivery;
    this.retries = retries;
    this.diagnosis = new ServerDiagnosis(endpoint);
    java.net.http.HttpClient.Builder client =
        java.net.http.HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .version(version(endpoint));
    endpoint.proxy().map(Proxy::selector).ifPresent(client::proxy);
    this.http = client.build();
  }

  /// Without TLS, HTTP/2 begins with an upgrade request, at which some local servers hang.
  private static Version version(ModelEndpoint endpoint) {
    return "https".equals(endpoint.baseUrl().getScheme()) ? Version.HTTP_2 : Version.HTTP_1_1;
  }

  private Protocol protocol(ChatRequest request) {
    RequestFields said = request.toolSpecifications().isEmpty() ? fields.withoutTools() : fields;
    return switch (endpoint.api()) {
      case CHAT_COMPLETIONS -> new ChatCompletions(endpoint, said);
      case MESSAGES -> new AnthropicMessages(endpoint, said);
      case GENERATE_CONTENT -> new GeminiContent(endpoint, said);
    };
  }

  @Override
  public String provider() {
    return endpoint.provider();
  }

  @Override
  public String name() {
    return endpoint.name();
  }

  @Override
  public Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events)
      throws InterruptedException {
    ChatRequest request =
        ChatRequest.builder()
            .messages(ChatMessages.of(conversation))
            .toolSpecifications(ChatMessages.specifications(tools))
            .build();
    try {
      return answer(request, events);
    } catch (ModelException e) {
      if (!refusesTemperature(e)) {
        throw e;
      }
      fields = fields.withoutTemperature();
      return answer(request, events);
    }
  }

  /// Which models take none changes with each of them; the server's answer is the only sure sign.
  private boolean refusesTemperature(ModelException fault) {
    return fault.kind() == ModelException.Kind.REQUEST_REFUSED
        && fields.temperature().isPresent()
        && String.valueOf(fault.getMessage()).toLowerCase(Locale.ROOT).contains("temperature");
  }

  private Turn answer(ChatRequest request, Consumer<RunEvent> events) throws InterruptedException {
    HttpClientBuilder client = new OneClient(new ModelHttpClient(http, diagnosis, retries, events));
    try {
      return switch (delivery) {
        case WHOLE -> whole(client, request, events);
        case STREAMED -> streamed(client, request, events);
      };
    } catch (ModelException e) {
      throw e;
    } catch (ContentFilteredException e) {
      return new Turn("", List.of(), Turn.Finish.CONTENT_FILTER, Usage.UNKNOWN);
    } catch (RuntimeException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw diagnosis.notACompletion(Optional.ofNullable(e.getMessage()).orElse(e.toString()));
    }
  }

  private Turn whole(HttpClientBuilder client, ChatRequest request, Consumer<RunEvent> events) {
    Turn turn = ChatMessages.turn(protocol(request).whole(client).chat(request));
    if (!turn.text().isEmpty()) {
      events.accept(new RunEvent.TextDelta(turn.text()));
    }
    return turn;
  }

  private Turn streamed(HttpClientBuilder client, ChatRequest request, Consumer<RunEvent> events) {
    Collector collector = new Collector(events);
    protocol(request).streamed(client).chat(request, collector);
    return ChatMessages.turn(collector.response());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  /// Text as it comes, and in the end the whole.
  private static final class Collector implements StreamingChatResponseHandler {

    private final Consumer<RunEvent> events;
    private Optional<ChatResponse> response = Optional.empty();
    private Optional<Throwable> error = Optional.empty();

    Collector(Consumer<RunEvent> events) {
      this.events = events;
    }

    @Override
    public void onPartialResponse(String text) {
      events.accept(new RunEvent.TextDelta(text));
    }

    @Override
    public void onCompleteResponse(ChatResponse complete) {
      response = Optional.of(complete);
    }

    @Override
    public void onError(Throwable thrown) {
      error = error.or(() -> Optional.of(thrown));
    }

    ChatResponse response() {
      error.ifPresent(thrown -> {
        throw thrown instanceof RuntimeException unchecked
            ? unchecked
            : new IllegalStateException(thrown);
      });
      return response.orElseThrow(() -> new IllegalStateException("the answer has no end"));
    }
  }

  /// Hands LangChain4j the client of one turn; what it says about timeouts does not matter, for an
  /// interrupt ends a request.
  private record OneClient(HttpClient client) implements HttpClientBuilder {

    @Override
    public @Nullable Duration connectTimeout() {
      return null;
    }

    @Override
    public HttpClientBuilder connectTimeout(Duration timeout) {
      return this;
    }

    @Override
    public @Nullable Duration readTimeout() {
      return null;
    }

    @Override
    public HttpClientBuilder readTimeout(Duration timeout) {
      return this;
    }

    @Override
    public HttpClient build() {
      return client;
    }
  }
}
