package initrunner.door.mcp.http;

import com.sun.net.httpserver.HttpServer;
import initrunner.door.mcp.ServedRole;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/// Serves a role to any number of clients over HTTP (MCP, "Streamable HTTP", revisions 2025-03-26
/// to 2026-07-28). One thread serves; it may be interrupted at any time.
public final class McpHttpServer implements AutoCloseable {

  /// The JDK's server has no other way to bound its clients.
  private static final Map<String, String> BOUNDS =
      Map.of(
          "jdk.httpserver.maxConnections", "512",
          "sun.net.httpserver.maxIdleConnections", "512",
          "sun.net.httpserver.maxReqHeaders", "100",
          "sun.net.httpserver.maxReqHeaderSize", "65536",
          // seconds for headers and body together
          "sun.net.httpserver.maxReqTime", "30",
          "sun.net.httpserver.nodelay", "true");

  private static final int BACKLOG = 128;
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  static {
    BOUNDS.forEach((name, value) -> {
      if (System.getProperty(name) == null) {
        System.setProperty(name, value);
      }
    });
  }

  private final HttpAddress address;
  private final HttpServer server;
  private final McpEndpoint endpoint;

  private McpHttpServer(HttpAddress address, HttpServer server, McpEndpoint endpoint) {
    this.address = address;
    this.server = server;
    this.endpoint = endpoint;
  }

  /// Takes the address. Clients that come before [#serve] wait.
  ///
  /// @throws McpHttpException if it cannot be had
  public static McpHttpServer open(HttpAddress address, BearerToken token, ServedRole served) {
    try {
      HttpServer server = HttpServer.create(address.socket(), BACKLOG);
      McpEndpoint endpoint = new McpEndpoint(new RequestCheck(address, token), served);
      server.createContext("/", endpoint);
      server.setExecutor(request -> Thread.ofVirtual().name("http").start(request));
      return new McpHttpServer(address, server, endpoint);
    } catch (IOException e) {
      throw new McpHttpException(
          "The server cannot serve at "
              + url(address, address.socket().getPort())
              + ": "
              + String.valueOf(e.getMessage()),
          "Choose another port, or 0 for a free one");
    }
  }

  private static String url(HttpAddress address, int port) {
    return "http://" + address.host() + ":" + port + RequestCheck.PATH;
  }

  /// Where clients reach it.
  public String url() {
    return url(address, server.getAddress().getPort());
  }

  /// Serves until this thread is interrupted; then takes no more requests, cancels those that are
  /// under way, and blocks until each has ended. The interrupt flag is set again.
  public void serve() {
    server.start();
    try {
      while (true) {
        Thread.sleep(BETWEEN_LOOKS);
        endpoint.expire();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      endpoint.end();
    }
  }

  /// Closes the connections of all clients.
  @Override
  public void close() {
    server.stop(0);
  }
}
