package initrunner.model.answer;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The body of a response with a bound on each wait, read on the calling thread. It fetches only
/// what the reader asks for. An interrupt ends a read and leaves the thread interrupted. One thread
/// reads and closes it.
public final class TimedBody extends InputStream
    implements HttpResponse.BodySubscriber<InputStream> {

  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private final Queue<ByteBuffer> buffers = new ArrayDeque<>();
  private final long firstByteDeadlineNanos;
  private final Duration betweenBytes;
  private OptionalLong endDeadlineNanos = OptionalLong.empty();
  private boolean hasBegun;
  private boolean hasEnded;
  private volatile boolean closed;

  private sealed interface Arrival {

    record Bytes(List<ByteBuffer> buffers) implements Arrival {}

    record End() implements Arrival {}

    record Failure(Throwable why) implements Arrival {}
  }

  /// @param firstByte the most time for the first byte, from now on
  /// @param betweenBytes the most time for each later one
  public TimedBody(Duration firstByte, Duration betweenBytes) {
    this.firstByteDeadlineNanos = System.nanoTime() + firstByte.toNanos();
    this.betweenBytes = betweenBytes;
  }

  /// Bounds the wait for the whole rest, from the first such call on.
  public void endWithin(Duration limit) {
    if (endDeadlineNanos.isEmpty()) {
      endDeadlineNanos = OptionalLong.of(System.nanoTime() + limit.toNanos());
    }
  }

  /// Whether the server has begun to answer.
  public boolean isOpened() {
    return subscription.isDone();
  }

  /// Whether a byte of the body has arrived.
  public boolean hasBegun() {
    return hasBegun;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription.complete(given);
    if (closed) {
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    arrivals.add(new Arrival.Bytes(item));
  }

  @Override
  public void onError(Throwable thrown) {
    arrivals.add(new Arrival.Failure(thrown));
  }

  @Override
  public void onComplete() {
    arrivals.add(new Arrival.End());
  }

  @Override
  public int read() throws IOException {
    return isAtEnd() ? -1 : buffers.element().get() & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (isAtEnd()) {
      return -1;
    }
    int count = Math.min(length, buffers.element().remaining());
    buffers.element().get(target, offset, count);
    return count;
  }

  private boolean isAtEnd() throws IOException {
    while (!hasEnded && (buffers.isEmpty() || !buffers.element().hasRemaining())) {
      if (buffers.poll() == null) {
        take();
      }
    }
    return hasEnded;
  }

  private void take() throws IOException {
    switch (await()) {
      case Arrival.Bytes(List<ByteBuffer> arrived) -> {
        buffers.addAll(arrived);
        hasBegun |= arrived.stream().anyMatch(ByteBuffer::hasRemaining);
        subscription.join().request(1);
      }
      case Arrival.End() -> hasEnded = true;
      case Arrival.Failure(Throwable why) -> {
        hasEnded = true;
        throw new IOException(why);
      }
    }
  }

  private Arrival await() throws IOException {
    long now = System.nanoTime();
    long next = hasBegun ? betweenBytes.toNanos() : firstByteDeadlineNanos - now;
    long nanos =
        endDeadlineNanos.isPresent() ? Math.min(next, endDeadlineNanos.getAsLong() - now) : next;
    try {
      Arrival arrival = arrivals.poll(nanos, TimeUnit.NANOSECONDS);
      if (arrival == null) {
        throw new HttpTimeoutException(hasBegun ? "no further byte" : "no first byte");
      }
      return arrival;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  /// Cancels the rest.
  @Override
  public void close() {
    closed = true;
    if (!hasEnded && subscription.isDone()) {
      subscription.join().cancel();
    }
    hasEnded = true;
  }
}
