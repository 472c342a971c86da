package initrunner.runtime.ports;

import initrunner.exec.Limits;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.exec.transport.PortAddress;
import initrunner.exec.transport.PortTransport;
import initrunner.exec.transport.Uninterrupted;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/// A port of this machine's loopback, each of whose connections leads to a port that a host
/// reaches. This process itself listens there: it ends with this process, however that ends.
///
/// Safe for many threads.
public final class LocalPort implements AutoCloseable {

  /// Connections at once; more wait.
  private static final int MOST_CONNECTIONS = 64;

  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final ServerSocket server;
  private final PortAddress to;
  private final PortTransport transport;
  private final Semaphore free = new Semaphore(MOST_CONNECTIONS);
  private final Map<Thread, Socket> connections = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final Thread accepting;

  private LocalPort(ServerSocket server, PortAddress to, PortTransport transport) {
    this.server = server;
    this.to = to;
    this.transport = transport;
    this.accepting = Thread.ofVirtual().name("initrunner-port-" + port()).start(this::accept);
  }

  /// Listens on a port of this machine.
  ///
  /// @param wanted 0 for any that is free; where there is none, the same number as the host's if
  ///   that can be had, else any
  /// @throws BindException if the one that is wanted is taken, or may not be had
  public static LocalPort open(PortAddress to, OptionalInt wanted, PortTransport transport)
      throws IOException {
    return new LocalPort(listening(to, wanted), to, transport);
  }

  private static ServerSocket listening(PortAddress to, OptionalInt wanted) throws IOException {
    if (wanted.isPresent()) {
      return listening(wanted.getAsInt());
    }
    try {
      return listening(to.port());
    } catch (BindException takenOrReserved) {
      return listening(0);
    }
  }

  private static ServerSocket listening(int port) throws IOException {
    ServerSocket server = new ServerSocket();
    try {
      server.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port));
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /// The port of this machine.
  public int port() {
    return server.getLocalPort();
  }

  /// Where a person's browser finds it.
  public String url() {
    return "http://127.0.0.1:" + port() + "/";
  }

  /// How many bytes have come from the host's port.
  public long bytes() {
    return bytes.get();
  }

  private void accept() {
    try {
      while (true) {
        free.acquire();
        Socket connection = server.accept();
        Thread thread = Thread.ofVirtual().unstarted(() -> serve(connection));
        connections.put(thread, connection);
        thread.start();
      }
    } catch (InterruptedException | IOException closed) {
      // No more connections are taken.
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      if (LoopbackPeer.isForeign(connection)) {
        log("a connection of another account of this machine is refused", "");
        return;
      }
      var _ =
          transport.relay(
              to,
              new Stdin.Stream(connection.getInputStream()),
              Limits.unbounded(),
              new Connected(connection.getOutputStream()));
    } catch (TransportException refused) {
      log("no connection", refused.getMessage());
    } catch (IOException | UncheckedIOException closedByTheClient) {
      // It wants no more.
    } finally {
      connections.remove(Thread.currentThread());
      free.release();
    }
  }

  /// What comes from the host goes to the client as it comes.
  private final class Connected implements Sink {

    private final OutputStream client;

    Connected(OutputStream client) {
      this.client = client;
    }

    @Override
    public void stdout(ByteBuffer content) {
      byte[] part = new byte[content.remaining()];
      content.get(part);
      bytes.addAndGet(part.length);
      try {
        client.write(part);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void stderr(ByteBuffer content) {
      content.position(content.limit());
    }
  }

  private void log(String what, String why) {
    System.getLogger(LocalPort.class.getName())
        .log(Level.DEBUG, "port {0,number,#}: {1} {2}", port(), what, why);
  }

  /// Listens no more, and ends the connections. Blocks until they are ended; an interrupt does not
  /// end it, and the flag is set again. Never throws.
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      log("closing", String.valueOf(e.getMessage()));
    }
    Uninterrupted.end(accepting);
    connections.keySet().forEach(Uninterrupted::end);
  }
}
