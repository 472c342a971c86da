package initrunner.model.http;

import initrunner.model.ModelException;
import initrunner.model.RunEvent;
import initrunner.model.Turn;
import initrunner.model.answer.Answer;
import initrunner.model.answer.AnswerReader;
import initrunner.model.answer.AnswerTooLongException;
import initrunner.model.answer.ContentCoding;
import initrunner.model.answer.ErrorObject;
import initrunner.model.answer.ServerDiagnosis;
import initrunner.model.answer.TimedBody;
import initrunner.role.model.ModelSettings.Patience;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// The HTTP of a model's turns. All of it runs on the calling thread, so that an interrupt ends it.
/// Safe for many threads.
final class ModelHttpClient {

  private static final int MOST_ERROR_BYTES = 64 * 1024;
  private static final Duration LONGEST_ERROR = Duration.ofSeconds(10);
  private static final int PROXY_AUTHENTICATION_REQUIRED = 407;
  private static final HttpHeaders NO_HEADERS = HttpHeaders.of(Map.of(), (name, value) -> true);

  private final HttpClient http;
  private final ServerDiagnosis diagnosis;
  private final RetryPolicy retries;
  private final Patience patience;

  ModelHttpClient(
      HttpClient http, ServerDiagnosis diagnosis, RetryPolicy retries, Patience patience) {
    this.http = http;
    this.diagnosis = diagnosis;
    this.retries = retries;
    this.patience = patience;
  }

  /// Asks until there is an answer or a failure that a retry cannot help. Once an answer has begun,
  /// it never asks again. Blocks; an interrupt ends it.
  ///
  /// @param events gets the text as it arrives, and each pause
  /// @throws ModelException if there is no answer
  Turn ask(SentRequest request, Consumer<RunEvent> events) throws InterruptedException {
    HttpRequest toSend = toJdk(request);
    for (int attempt = 1; ; attempt++) {
      switch (attempt(toSend, attempt, events)) {
        case Attempt.Answered(Turn turn) -> {
          return turn;
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
  }

  /// The result of one request.
  private sealed interface Attempt {

    record Answered(Turn turn) implements Attempt {}

    /// @param pause before the next request; empty if a retry cannot help
    record Failed(ModelException fault, Optional<Duration> pause) implements Attempt {}
  }

  private Attempt attempt(HttpRequest request, int number, Consumer<RunEvent> events)
      throws InterruptedException {
    AnswerReader reader = new AnswerReader(Answer.in(diagnosis.api(), events), diagnosis);
    TimedBody body = new TimedBody(patience.firstByte(), patience.betweenBytes());
    try (body) {
      HttpResponse<InputStream> response = sent(request, body);
      if (response.statusCode() / 100 != 2) {
        return refused(response, errorText(response, body), number);
      }
      Turn turn = reader.read(body, response.headers());
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      return new Attempt.Answered(turn);
    } catch (AnswerReader.ErrorAnswer e) {
      return failedInside(e.error(), reader.hasBegun(), number);
    } catch (AnswerTooLongException e) {
      return new Attempt.Failed(diagnosis.answerTooLong(e.size()), Optional.empty());
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Optional<Duration> pause =
          reader.hasBegun()
              ? Optional.empty()
              : Optional.of(retries.pauseAfter(number, NO_HEADERS, ""));
      return ofConnection(e, body, pause);
    }
  }

  /// Blocks until the server answers.
  private HttpResponse<InputStream> sent(HttpRequest request, TimedBody body)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<InputStream>> sent = http.sendAsync(request, _ -> body);
    try {
      return sent.get(patience.firstByte().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no answer");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException fault ? fault : new IOException(e.getCause());
    } finally {
      sent.cancel(true);
    }
  }

  private Attempt ofConnection(IOException e, TimedBody body, Optional<Duration> pause) {
    if (e instanceof HttpTimeoutException && !(e instanceof HttpConnectTimeoutException)) {
      ModelException fault =
          body.hasBegun()
              ? diagnosis.silentInside(patience.betweenBytes())
              : diagnosis.silent(patience.firstByte());
      return new Attempt.Failed(fault, Optional.empty());
    }
    ModelException fault = body.isOpened() ? diagnosis.answerCut() : diagnosis.ofConnection(e);
    boolean isWorthwhile = fault.kind() == ModelException.Kind.CONNECTION_LOST;
    return new Attempt.Failed(fault, isWorthwhile ? pause : Optional.empty());
  }

  /// The part of it that arrives in time.
  private static String errorText(HttpResponse<InputStream> response, TimedBody body)
      throws InterruptedException {
    // A tunnel's refusal has no body, not even an empty one.
    if (response.statusCode() == PROXY_AUTHENTICATION_REQUIRED) {
      return "";
    }
    body.endWithin(LONGEST_ERROR);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (InputStream plain =
        ContentCoding.decoded(body, response.headers()).orElse(InputStream.nullInputStream())) {
      byte[] some = new byte[MOST_ERROR_BYTES];
      int count = plain.read(some);
      while (count >= 0 && text.size() < MOST_ERROR_BYTES) {
        text.write(some, 0, Math.min(count, MOST_ERROR_BYTES - text.size()));
        count = plain.read(some);
      }
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  private Attempt refused(HttpResponse<?> response, String text, int number) {
    int status = response.statusCode();
    ModelException fault = diagnosis.ofStatus(status, text);
    return RetryPolicy.isTransient(status, response.headers())
        ? again(fault, retries.pauseAfter(number, response.headers(), text))
        : new Attempt.Failed(fault, Optional.empty());
  }

  private Attempt failedInside(ErrorObject error, boolean hasBegun, int number) {
    ModelException fault = diagnosis.ofError(error, hasBegun);
    boolean isTransient = !hasBegun && error.status().filter(RetryPolicy::isTransient).isPresent();
    return isTransient
        ? again(fault, retries.pauseAfter(number, NO_HEADERS, error.text()))
        : new Attempt.Failed(fault, Optional.empty());
  }

  private Attempt again(ModelException fault, Duration pause) {
    if (fault.kind() == ModelException.Kind.QUOTA_EXHAUSTED) {
      return new Attempt.Failed(fault, Optional.empty());
    }
    if (pause.compareTo(retries.mostPause()) > 0) {
      return new Attempt.Failed(diagnosis.tooLongAPause(fault, pause), Optional.empty());
    }
    return new Attempt.Failed(fault, Optional.of(pause));
  }

  private HttpRequest toJdk(SentRequest request) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(request.url()))
            .POST(BodyPublishers.ofByteArray(request.body().array()));
    request
        .headers()
        .forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
    diagnosis.proxyAuthorization().ifPresent(given -> builder.header("Proxy-Authorization", given));
    return builder.build();
  }
}
