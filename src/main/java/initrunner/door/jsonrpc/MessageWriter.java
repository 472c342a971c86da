package initrunner.door.jsonrpc;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Writes messages to a client, one after the other, on a thread of its own. A write to a client
/// that takes nothing cannot be ended, so no other thread may be in one: a command could not be
/// stopped then. Safe for many threads.
final class MessageWriter {

  private static final int MOST_WAITING_BYTES = 1024 * 1024;

  /// So much is written at once. A client that is slow takes it in time.
  private static final int PART_BYTES = 64 * 1024;

  private final OutputStream out;
  private final Runnable failed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // All below is guarded by the lock.
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private long writtenParts;
  private boolean closed;

  /// @param out is flushed after each message
  /// @param failed is called if the client does not take a message: it is gone
  MessageWriter(OutputStream out, Runnable failed) {
    this.out = out;
    this.failed = failed;
  }

  void start() {
    Thread.ofPlatform().daemon().name("client-output").start(this::run);
  }

  /// Blocks while much waits to be written; an interrupt does not end that. After the end, nothing
  /// is sent.
  void write(byte[] message) {
    lock.lock();
    try {
      while (!closed && waitingBytes > 0 && waitingBytes + message.length > MOST_WAITING_BYTES) {
        changed.awaitUninterruptibly();
      }
      if (!closed) {
        waiting.add(message);
        waitingBytes += message.length;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Takes no more messages. Blocks until the client has those that wait, or takes nothing for so
  /// long. An interrupt ends the wait, with the flag set again.
  void close(Duration patience) {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      long parts = writtenParts;
      long leftNanos = patience.toNanos();
      while (!waiting.isEmpty() && leftNanos > 0) {
        leftNanos = changed.awaitNanos(leftNanos);
        if (parts != writtenParts) {
          parts = writtenParts;
          leftNanos = patience.toNanos();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (byte[] message = next(); message.length > 0; message = next()) {
        for (int at = 0; at < message.length; at += PART_BYTES) {
          out.write(message, at, Math.min(PART_BYTES, message.length - at));
          wrotePart();
        }
        out.flush();
        wrote(message);
      }
    } catch (IOException e) {
      System.getLogger(Connection.class.getName())
          .log(Level.DEBUG, () -> "A message cannot be sent", e);
      fail();
      failed.run();
    }
  }

  /// The next message; no bytes at the end.
  private byte[] next() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        changed.awaitUninterruptibly();
      }
      return waiting.isEmpty() ? new byte[0] : waiting.getFirst();
    } finally {
      lock.unlock();
    }
  }

  private void wrotePart() {
    lock.lock();
    try {
      writtenParts++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void wrote(byte[] message) {
    lock.lock();
    try {
      waiting.removeFirst();
      waitingBytes -= message.length;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void fail() {
    lock.lock();
    try {
      closed = true;
      waiting.clear();
      waitingBytes = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
