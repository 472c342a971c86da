package initrunner.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A TCP relay on a loopback port of its own in front of another one: it delays, slows down,
/// stalls, heals and cuts what passes.
public final class Relay implements AutoCloseable {

  private static final int CHUNK_BYTES = 16 * 1024;

  /// What a slow link holds back: the sender has to wait.
  private static final int CHUNKS_OF_SLOW_LINK = 8;

  private final ServerSocket listener;
  private final int behind;
  private final Duration oneWay;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger toClose = new AtomicInteger();
  private final AtomicLong untilCut = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong passed = new AtomicLong();
  private volatile long bytesPerSecond = Long.MAX_VALUE;
  private boolean stalled;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Chunk(byte[] bytes, int length, long due) {}

  /// @param behind the port that it passes on to
  /// @param oneWay the delay of each direction; a round trip takes twice as long
  public Relay(int behind, Duration oneWay) {
    try {
      this.listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.behind = behind;
    this.oneWay = oneWay;
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /// How many connections there were.
  public int accepted() {
    return accepted.get();
  }

  /// Closes so many of the next connections at once, as a server does that has too many.
  public void closeNext(int connections) {
    toClose.set(connections);
  }

  /// Lets no more bytes pass in a second, in each direction of each connection.
  public void slowDown(long bytes) {
    bytesPerSecond = bytes;
  }

  /// How many bytes have passed, of both directions.
  public long passed() {
    return passed.get();
  }

  /// Lets nothing pass until [#heal]; connections stay.
  public void stall() {
    setStalled(true);
  }

  public void heal() {
    setStalled(false);
  }

  /// Cuts every connection once this many more bytes have passed, wherever in a packet that is.
  public void cutAfter(long bytes) {
    untilCut.set(bytes);
  }

  /// Cuts every connection now.
  public void cut() {
    sockets.forEach(Relay::closeQuietly);
    sockets.clear();
  }

  private void setStalled(boolean now) {
    lock.lock();
    try {
      stalled = now;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void awaitFlow() throws InterruptedException {
    lock.lock();
    try {
      while (stalled) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket near = listener.accept();
        accepted.incrementAndGet();
        if (toClose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          closeQuietly(near);
          continue;
        }
        Socket far = new Socket(InetAddress.getLoopbackAddress(), behind);
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        sockets.add(near);
        sockets.add(far);
        pass(near, far);
        pass(far, near);
      } catch (IOException closed) {
        // Either the relay is closed, or no server listens behind it.
      }
    }
  }

  private void pass(Socket from, Socket to) {
    BlockingQueue<Chunk> onTheWay =
        bytesPerSecond == Long.MAX_VALUE
            ? new LinkedBlockingQueue<>()
            : new LinkedBlockingQueue<>(CHUNKS_OF_SLOW_LINK);
    // Virtual threads wake too late for a delay that is measured.
    Thread.ofPlatform().daemon().start(() -> take(from, onTheWay));
    Thread.ofPlatform().daemon().start(() -> give(onTheWay, from, to));
  }

  private void take(Socket from, BlockingQueue<Chunk> onTheWay) {
    try {
      InputStream in = from.getInputStream();
      while (true) {
        byte[] bytes = new byte[CHUNK_BYTES];
        int length = in.read(bytes);
        onTheWay.put(new Chunk(bytes, length, System.nanoTime() + oneWay.toNanos()));
        if (length < 0) {
          return;
        }
      }
    } catch (IOException cut) {
      onTheWay.offer(new Chunk(new byte[0], -1, System.nanoTime()));
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void give(BlockingQueue<Chunk> onTheWay, Socket from, Socket to) {
    try {
      OutputStream out = to.getOutputStream();
      while (true) {
        Chunk chunk = onTheWay.take();
        TimeUnit.NANOSECONDS.sleep(chunk.due() - System.nanoTime());
        awaitFlow();
        if (chunk.length() < 0) {
          closeQuietly(to);
          closeQuietly(from);
          return;
        }
        long left = untilCut.addAndGet(-chunk.length());
        int allowed = (int) Math.max(0, Math.min(chunk.length(), chunk.length() + left));
        out.write(chunk.bytes(), 0, left < 0 ? allowed : chunk.length());
        out.flush();
        passed.addAndGet(chunk.length());
        TimeUnit.NANOSECONDS.sleep((long) (chunk.length() * 1e9 / bytesPerSecond));
        if (left < 0) {
          cut();
          return;
        }
      }
    } catch (IOException | InterruptedException cut) {
      closeQuietly(to);
      closeQuietly(from);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyGone) {
      // Gone is what it should be.
    }
  }

  @Override
  public void close() {
    closeQuietly();
    heal();
    cut();
  }

  private void closeQuietly() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
