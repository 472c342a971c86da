package initrunner.model.http;

import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A request as LangChain4j writes it, before it is sent. LangChain4j writes requests to an HTTP
/// client only, so it gets a client that keeps the request.
///
/// @param body asks for a streamed answer
record RenderedRequest(String url, Map<String, List<String>> headers, String body) {

  /// @throws RuntimeException if LangChain4j cannot write the conversation in this protocol
  static RenderedRequest of(
      Function<HttpClientBuilder, StreamingChatModel> protocol, ChatRequest request) {
    Keeper keeper = new Keeper();
    protocol.apply(new KeeperBuilder(keeper)).chat(request, keeper);
    return keeper.kept();
  }

  /// The headers hold the key, and the body the conversation.
  @Override
  public String toString() {
    return "a request of " + body.length() + " characters";
  }

  /// A client that sends nothing, and so gets no answer.
  private static final class Keeper implements HttpClient, StreamingChatResponseHandler {

    private Optional<RenderedRequest> kept = Optional.empty();
    private Optional<Throwable> error = Optional.empty();

    RenderedRequest kept() {
      return kept.orElseThrow(
          () -> new IllegalStateException("the request cannot be written", error.orElse(null)));
    }

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
      throw new IllegalStateException("only streamed answers are asked for");
    }

    @Override
    public void execute(
        HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
      kept = Optional.of(new RenderedRequest(request.url(), request.headers(), request.body()));
    }

    @Override
    public void onPartialResponse(String text) {}

    @Override
    public void onCompleteResponse(ChatResponse response) {}

    @Override
    public void onError(Throwable thrown) {
      error = Optional.of(thrown);
    }
  }

  private record KeeperBuilder(Keeper keeper) implements HttpClientBuilder {

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
      return keeper;
    }
  }
}
