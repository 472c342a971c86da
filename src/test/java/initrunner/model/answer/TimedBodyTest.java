package initrunner.model.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimedBodyTest {

  private static final Duration LONG = Duration.ofHours(1);

  private final Connection connection = new Connection();

  @AfterEach
  void clearInterrupt() {
    boolean ignored = Thread.interrupted();
  }

  /// Counts the requested items.
  private static final class Connection implements Flow.Subscription {

    private long requested;
    private boolean isCancelled;

    @Override
    public void request(long count) {
      requested += count;
    }

    @Override
    public void cancel() {
      isCancelled = true;
    }
  }

  private TimedBody opened(Duration firstByte, Duration betweenBytes) {
    TimedBody body = new TimedBody(firstByte, betweenBytes);
    body.onSubscribe(connection);
    return body;
  }

  private static List<ByteBuffer> bytes(int... bytes) {
    byte[] all = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      all[i] = (byte) bytes[i];
    }
    return List.of(ByteBuffer.wrap(all));
  }

  @Test
  void everyByteIsReadOnceAndInOrderHoweverItComes() throws Exception {
    try (TimedBody body = opened(LONG, LONG)) {
      body.onNext(List.of(ByteBuffer.allocate(0), ByteBuffer.wrap(new byte[] {0, 127})));
      body.onNext(bytes());
      body.onNext(bytes(128, 255));
      body.onNext(bytes(10));
      body.onComplete();

      assertThat(new int[] {body.read(), body.read(), body.read(), body.read()})
          .containsExactly(0, 127, 128, 255);
      assertThat(new int[] {body.read(), body.read(), body.read()}).containsExactly(10, -1, -1);
      assertThat(body.read(new byte[1], 0, 1)).isEqualTo(-1);
    }
  }

  @Test
  void noMoreIsReadThanHasRoomOrHasCome() throws Exception {
    try (TimedBody body = opened(LONG, LONG)) {
      byte[] target = new byte[5];
      assertThat(body.read(target, 0, 0)).as("nothing is waited for").isZero();
      body.onNext(bytes(1, 2, 3));

      assertThat(body.read(target, 1, 2)).isEqualTo(2);
      assertThat(body.read(target, 4, 1)).isEqualTo(1);
      assertThat(target).containsExactly(0, 1, 2, 0, 3);
      body.onNext(bytes(4, 5));
      assertThat(body.read(target, 0, 5)).isEqualTo(2);
      assertThat(target).containsExactly(4, 5, 2, 0, 3);
    }
  }

  @Test
  void aServerIsAskedForMoreOnlyAsItsBytesAreRead() throws Exception {
    try (TimedBody body = opened(LONG, LONG)) {
      assertThat(connection.requested).isEqualTo(1);
      body.onNext(bytes(1));
      body.onNext(bytes(2));
      assertThat(connection.requested).isEqualTo(1);
      assertThat(body.read()).isEqualTo(1);
      assertThat(connection.requested).isEqualTo(2);
    }
  }

  @Test
  void whatHasNotBeenReadIsGivenUpAtTheClose() throws Exception {
    TimedBody late = new TimedBody(LONG, LONG);
    assertThat(late.isOpened()).isFalse();
    late.close();
    late.onSubscribe(connection);
    assertThat(late.isOpened()).isTrue();
    assertThat(connection.isCancelled).isTrue();
    assertThat(connection.requested).isZero();
    assertThat(late.read()).isEqualTo(-1);

    Connection read = new Connection();
    TimedBody whole = new TimedBody(LONG, LONG);
    whole.onSubscribe(read);
    whole.onComplete();
    assertThat(whole.read()).isEqualTo(-1);
    whole.close();
    assertThat(read.isCancelled).as("there is nothing to give up").isFalse();

    Connection half = new Connection();
    TimedBody open = new TimedBody(LONG, LONG);
    open.onSubscribe(half);
    open.close();
    assertThat(half.isCancelled).isTrue();
  }

  @Test
  void theFirstByteAndEachLaterOneAreWaitedForAsLongAsIsSaid() throws Exception {
    try (TimedBody body = opened(Duration.ZERO, LONG)) {
      body.onNext(bytes());
      assertThatThrownBy(body::read)
          .isInstanceOf(HttpTimeoutException.class)
          .hasMessage("no first byte");
      assertThat(body.hasBegun()).as("an empty piece is no byte").isFalse();
    }
    try (TimedBody body = opened(LONG, Duration.ZERO)) {
      body.onNext(bytes(1));
      assertThat(body.read()).isEqualTo(1);
      assertThat(body.hasBegun()).isTrue();
      assertThatThrownBy(body::read)
          .isInstanceOf(HttpTimeoutException.class)
          .hasMessage("no further byte");
    }
  }

  @Test
  void theEndIsWaitedForNoLongerThanWasSaidFirst() throws Exception {
    try (TimedBody body = opened(LONG, LONG)) {
      body.endWithin(Duration.ZERO);
      body.endWithin(LONG);
      body.onNext(bytes(1));
      assertThat(body.read()).as("what is there is read").isEqualTo(1);
      assertThatThrownBy(body::read).isInstanceOf(HttpTimeoutException.class);
    }
  }

  @Test
  void aByteThatComesInTimeIsWaitedFor() throws Exception {
    for (boolean isEnding : new boolean[] {false, true}) {
      try (TimedBody body = opened(LONG, LONG)) {
        if (isEnding) {
          body.endWithin(LONG);
        }
        for (int value : new int[] {1, 2}) {
          Thread reader = Thread.currentThread();
          Thread server =
              Thread.ofVirtual()
                  .start(() -> {
                    while (reader.getState() != Thread.State.TIMED_WAITING
                        && !Thread.currentThread().isInterrupted()) {
                      Thread.onSpinWait();
                    }
                    body.onNext(bytes(value));
                  });
          try {
            assertThat(body.read()).isEqualTo(value);
          } finally {
            server.interrupt();
          }
        }
      }
    }
  }

  @Test
  void aConnectionThatBreaksIsAFailureOnce() throws Exception {
    IOException reset = new IOException("reset");
    try (TimedBody body = opened(LONG, LONG)) {
      body.onNext(bytes(1));
      body.onError(reset);
      assertThat(body.read()).isEqualTo(1);
      assertThatThrownBy(body::read).isInstanceOf(IOException.class).hasCause(reset);
      assertThat(body.read()).isEqualTo(-1);
    }
  }

  @Test
  void anInterruptEndsAReadAndStays() {
    try (TimedBody body = opened(LONG, LONG)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(body::read).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }
  }

  @Test
  void theClientsBodyIsItself() throws Exception {
    try (TimedBody body = opened(LONG, LONG)) {
      assertThat(body.getBody().toCompletableFuture()).isCompletedWithValue(body);
    }
  }
}
