package initrunner.model.answer;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.model.Turn;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// Reads the body of one answer, in one piece or as server-sent events, as the server sends it.
/// Bounds its bytes both before and after decompression. For one answer and one thread.
public final class AnswerReader {

  private static final int MOST_WHOLE_BYTES = 8 * 1024 * 1024;

  /// Some servers send a hundred bytes around each character.
  private static final long MOST_STREAM_BYTES = 256L * 1024 * 1024;

  /// Only the count of tokens follows the end.
  private static final Duration AFTER_THE_END = Duration.ofSeconds(5);

  private static final String DONE = "[DONE]";
  private static final int BYTE_ORDER_MARK = 0xEF;
  private static final byte[] REST_OF_BYTE_ORDER_MARK = {(byte) 0xBB, (byte) 0xBF};

  private final Answer answer;
  private final ServerDiagnosis diagnosis;
  private boolean hasBegun;

  public AnswerReader(Answer answer, ServerDiagnosis diagnosis) {
    this.answer = answer;
    this.diagnosis = diagnosis;
  }

  /// Whether a part of an answer, or of something else, has arrived.
  public boolean hasBegun() {
    return hasBegun;
  }

  /// Blocks until the answer is complete. An interrupt ends a read and leaves the thread
  /// interrupted.
  ///
  /// @throws ErrorAnswer if the server reports a failure before any part of an answer
  /// @throws ModelException if the body is not an answer
  /// @throws IOException if the answer is incomplete
  public Turn read(TimedBody body, HttpHeaders headers) throws IOException, ErrorAnswer {
    InputStream plain =
        ContentCoding.decoded(new Bounded(body), headers)
            .orElseThrow(
                () -> diagnosis.notACompletion("its " + ContentCoding.FIELD + " is not known"));
    PushbackInputStream in = new PushbackInputStream(new Bounded(plain), 3);
    int first = in.read();
    while (Character.isWhitespace(first) || isByteOrderMark(first, in)) {
      first = in.read();
    }
    if (first >= 0) {
      in.unread(first);
    }
    if (first == '{' || first == '[') {
      whole(in);
    } else {
      events(in, body);
    }
    answer.finish();
    return answer.gathered().turn(diagnosis);
  }

  /// Reads the rest of the mark; of another text it reads nothing.
  private static boolean isByteOrderMark(int first, PushbackInputStream in) throws IOException {
    if (first != BYTE_ORDER_MARK) {
      return false;
    }
    byte[] rest = in.readNBytes(2);
    boolean isOne = Arrays.equals(rest, REST_OF_BYTE_ORDER_MARK);
    if (!isOne) {
      in.unread(rest);
    }
    return isOne;
  }

  private void whole(InputStream in) throws IOException, ErrorAnswer {
    hasBegun = true;
    byte[] bytes = in.readNBytes(MOST_WHOLE_BYTES + 1);
    if (bytes.length > MOST_WHOLE_BYTES) {
      throw new AnswerTooLongException(MOST_WHOLE_BYTES);
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    JsonNode root =
        AnswerJson.parse(text).orElseThrow(() -> diagnosis.notACompletion(text.strip()));
    Optional<ErrorObject> error = ErrorObject.in("", root);
    if (error.isPresent()) {
      hasBegun = false;
      throw new ErrorAnswer(error.get());
    }
    if (!answer.take("", root)) {
      throw diagnosis.notACompletion(text.strip());
    }
  }

  private void events(InputStream in, TimedBody body) throws IOException, ErrorAnswer {
    ServerSentEvents events = new ServerSentEvents(in, MOST_WHOLE_BYTES);
    boolean isDone = false;
    try {
      Optional<ServerSentEvents.Event> next = events.next();
      while (next.isPresent() && !next.get().data().strip().equals(DONE)) {
        Optional<JsonNode> piece = piece(next.get(), events);
        if (piece.isPresent()) {
          take(next.get().name(), piece.get());
        }
        if (answer.hasEnded()) {
          body.endWithin(AFTER_THE_END);
        }
        next = events.next();
      }
      isDone = next.isPresent();
    } catch (AnswerTooLongException e) {
      throw e;
    } catch (IOException e) {
      if (!answer.hasEnded()) {
        throw e;
      }
    }
    if (!isDone && !answer.hasEnded()) {
      if (!events.otherText().isEmpty() && !hasBegun) {
        hasBegun = true;
        throw diagnosis.notACompletion(events.otherText());
      }
      throw new IOException("no end");
    }
  }

  /// Empty if the event belongs to no answer: some servers send such events to keep a connection
  /// alive.
  private Optional<JsonNode> piece(ServerSentEvents.Event event, ServerSentEvents events)
      throws IOException, ErrorAnswer {
    Optional<JsonNode> piece = AnswerJson.parse(event.data());
    if (piece.isPresent() || event.data().isBlank()) {
      return piece.filter(JsonNode::isContainerNode);
    }
    if (event.name().equals("error")) {
      throw new ErrorAnswer(new ErrorObject(Optional.empty(), event.data()));
    }
    if (!event.name().isEmpty() && !event.data().startsWith("{")) {
      return Optional.empty();
    }
    hasBegun = true;
    if (events.next().isEmpty()) {
      throw new IOException("an event is cut");
    }
    throw diagnosis.notACompletion(event.data());
  }

  private void take(String name, JsonNode piece) throws IOException, ErrorAnswer {
    Optional<ErrorObject> error = ErrorObject.in(name, piece);
    if (error.isPresent()) {
      throw new ErrorAnswer(error.get());
    }
    answer.take(name, piece);
    hasBegun |= answer.gathered().hasBegun();
  }

  /// A server's error inside an answer that began with success.
  public static final class ErrorAnswer extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient ErrorObject error;

    ErrorAnswer(ErrorObject error) {
      super("an error in the answer");
      this.error = error;
    }

    public ErrorObject error() {
      return error;
    }
  }

  /// Bounds what is read to the most bytes of one answer.
  private static final class Bounded extends FilterInputStream {

    private long left = MOST_STREAM_BYTES;

    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int next = in.read();
      return count(next, next < 0 ? 0 : 1);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = in.read(target, offset, length);
      return count(count, Math.max(0, count));
    }

    private int count(int result, int bytes) throws AnswerTooLongException {
      left -= bytes;
      if (left < 0) {
        throw new AnswerTooLongException(MOST_STREAM_BYTES);
      }
      return result;
    }
  }
}
