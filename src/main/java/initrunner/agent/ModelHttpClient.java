package initrunner.agent;

import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// The HTTP of one turn. LangChain4j's own client drops `Retry-After` and streams on a thread that
/// no interrupt reaches; here everything happens on the calling thread, so that an interrupt ends
/// it, and a failure says what a person can do. Every method ends in a [ModelException] where there
/// is no answer, and with the thread interrupted where it was.
final class ModelHttpClient implements HttpClient {

  private static final int MOST_ERROR_BYTES = 64 * 1024;
  private static final int PROXY_AUTHENTICATION_REQUIRED = 407;
  private static final int MOST_ANSWER_BYTES = 32 * 1024 * 1024;
  private static final int MOST_PEEKED_BYTES = 512;
  private static final HttpHeaders NO_HEADERS = HttpHeaders.of(Map.of(), (name, value) -> true);
  private static final Pattern ERROR = Pattern.compile("\\s*\\{\\s*\"error\"");

  private final java.net.http.HttpClient http;
  private final ServerDiagnosis diagnosis;
  private final RetryPolicy retries;
  private final Consumer<RunEvent> events;

  ModelHttpClient(
      java.net.http.HttpClient http,
      ServerDiagnosis diagnosis,
      RetryPolicy retries,
      Consumer<RunEvent> events) {
    this.http = http;
    this.diagnosis = diagnosis;
    this.retries = retries;
    this.events = events;
  }

  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    HttpResponse<InputStream> response = open(request);
    try (InputStream body = response.body()) {
      byte[] answer = body.readNBytes(MOST_ANSWER_BYTES + 1);
      if (answer.length > MOST_ANSWER_BYTES || !isJsonObject(answer)) {
        throw diagnosis.notACompletion(start(answer));
      }
      if (diagnosis.api().isWithheld(new String(answer, StandardCharsets.UTF_8))) {
        throw new ContentFilteredException("withheld");
      }
      return SuccessfulHttpResponse.builder()
          .statusCode(response.statusCode())
          .headers(response.headers().map())
          .body(answer)
          .build();
    } catch (IOException e) {
      throw interruptedOr(diagnosis.answerCut());
    }
  }

  @Override
  public void execute(
      HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
    HttpResponse<InputStream> response = open(request);
    try (InputStream body = new BufferedInputStream(response.body())) {
      requireEvents(body);
      listener.onOpen(
          SuccessfulHttpResponse.builder()
              .statusCode(response.statusCode())
              .headers(response.headers().map())
              .build());
      CheckedEvents checked = new CheckedEvents(listener);
      parser.parse(body, checked);
      checked.requireWhole();
    } catch (IOException e) {
      throw interruptedOr(diagnosis.answerCut());
    }
    listener.onClose();
  }

  /// Asks until there is a successful response, or no use in asking again. Nothing is asked again
  /// once an answer has begun.
  private HttpResponse<InputStream> open(HttpRequest request) {
    java.net.http.HttpRequest toSend = toJdk(request);
    try {
      for (int attempt = 1; ; attempt++) {
        switch (attempt(toSend, attempt)) {
          case Attempt.Opened(HttpResponse<InputStream> response) -> {
            return response;
          }
          case Attempt.Failed(ModelException fault, Optional<Duration> pause) -> {
            if (attempt == retries.attempts() || pause.isEmpty()) {
              throw fault;
            }
            events.accept(new RunEvent.ModelRetry(fault.getMessage(), pause.get()));
            retries.pause().sleep(pause.get());
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  /// What came of asking once.
  private sealed interface Attempt {

    record Opened(HttpResponse<InputStream> response) implements Attempt {}

    /// @param pause after which it may be asked again; empty where there is no use in it
    record Failed(ModelException fault, Optional<Duration> pause) implements Attempt {}
  }

  private Attempt attempt(java.net.http.HttpRequest request, int number)
      throws InterruptedException {
    HttpResponse<InputStream> response;
    String body;
    try {
      response = http.send(request, BodyHandlers.ofInputStream());
      if (response.statusCode() / 100 == 2) {
        return new Attempt.Opened(response);
      }
      if (response.statusCode() == PROXY_AUTHENTICATION_REQUIRED) {
        return refused(response, "", number); // A tunnel's has no body, not even an empty one.
      }
      try (InputStream stream = response.body()) {
        body = new String(stream.readNBytes(MOST_ERROR_BYTES), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      ModelException fault = interruptedOr(diagnosis.ofConnection(e));
      return new Attempt.Failed(
          fault,
          fault.kind() == ModelException.Kind.CONNECTION_LOST
              ? Optional.of(retries.pauseAfter(number, NO_HEADERS, ""))
              : Optional.empty());
    }
    return refused(response, body, number);
  }

  private Attempt refused(HttpResponse<?> response, String body, int number) {
    ModelException fault = diagnosis.ofStatus(response.statusCode(), body);
    if (!RetryPolicy.isTransient(response.statusCode())
        || fault.kind() == ModelException.Kind.QUOTA_EXHAUSTED) {
      return new Attempt.Failed(fault, Optional.empty());
    }
    Duration pause = retries.pauseAfter(number, response.headers(), body);
    if (pause.compareTo(retries.mostPause()) > 0) {
      return new Attempt.Failed(diagnosis.tooLongAPause(fault, pause), Optional.empty());
    }
    return new Attempt.Failed(fault, Optional.of(pause));
  }

  private java.net.http.HttpRequest toJdk(HttpRequest request) {
    java.net.http.HttpRequest.Builder builder =
        java.net.http.HttpRequest.newBuilder(URI.create(request.url()))
            .method(
                request.method().name(),
                BodyPublishers.ofString(SentBody.of(request.body(), diagnosis.provider())));
    request
        .headers()
        .forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
    diagnosis.proxyAuthorization().ifPresent(given -> builder.header("Proxy-Authorization", given));
    return builder.build();
  }

  /// A read that an interrupt ended fails like one that the server ended.
  private static ModelException interruptedOr(ModelException fault) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted");
    }
    return fault;
  }

  private static boolean isJsonObject(byte[] answer) {
    return start(answer).startsWith("{");
  }

  private static String start(byte[] bytes) {
    return new String(bytes, 0, Math.min(bytes.length, MOST_PEEKED_BYTES), StandardCharsets.UTF_8)
        .strip();
  }

  /// Looks at the first bytes: an event stream starts with a field name or a comment's colon.
  private void requireEvents(InputStream body) throws IOException {
    byte[] first = new byte[MOST_PEEKED_BYTES];
    body.mark(first.length);
    int length = Math.max(body.read(first), 0);
    body.reset();
    String start = start(Arrays.copyOf(first, length));
    if (length > 0 && !start.isEmpty() && "dei:r".indexOf(start.charAt(0)) < 0) {
      throw diagnosis.notACompletion(start);
    }
  }

  /// Passes events on until one is an error, and knows whether the last one was the last.
  private final class CheckedEvents implements ServerSentEventListener {

    private final ServerSentEventListener next;
    private Optional<ModelException> fault = Optional.empty();
    private boolean whole;
    private boolean withheld;

    CheckedEvents(ServerSentEventListener next) {
      this.next = next;
    }

    @Override
    public void onEvent(ServerSentEvent event, ServerSentEventContext context) {
      if ("error".equals(event.event()) || ERROR.matcher(event.data()).lookingAt()) {
        fault = fault.or(() -> Optional.of(diagnosis.ofErrorEvent(event.data())));
        context.parsingHandle().cancel();
        return;
      }
      whole |= diagnosis.api().isEnd(event.data());
      withheld |= diagnosis.api().isWithheld(event.data());
      next.onEvent(event, context);
    }

    @Override
    public void onError(Throwable thrown) {
      fault = fault.or(() -> Optional.of(diagnosis.answerCut()));
    }

    void requireWhole() {
      if (fault.isPresent()) {
        throw interruptedOr(fault.get());
      }
      if (withheld) {
        throw new ContentFilteredException("withheld");
      }
      if (!whole) {
        throw interruptedOr(diagnosis.answerCut());
      }
    }
  }
}
