package initrunner.door.mcp.http;

import initrunner.door.jsonrpc.Exchanges;
import initrunner.door.mcp.McpServer;
import initrunner.door.mcp.ServedRole;
import java.time.Duration;

/// One client that sent `initialize` (MCP 2025-11-25, Streamable HTTP, "Session Management"). Safe
/// for many threads.
final class HttpSession {

  private final String id;
  private final Exchanges exchanges = new Exchanges();
  private final McpServer server;
  private volatile long usedNanos = System.nanoTime();

  HttpSession(String id, ServedRole served) {
    this.id = id;
    this.server = new McpServer(exchanges, served);
  }

  String id() {
    return id;
  }

  Exchanges exchanges() {
    return exchanges;
  }

  McpServer server() {
    return server;
  }

  void use() {
    usedNanos = System.nanoTime();
  }

  /// How long the client has asked for nothing; zero while a request is under way.
  Duration idle() {
    if (!exchanges.isEmpty()) {
      use();
    }
    return Duration.ofNanos(System.nanoTime() - usedNanos);
  }
}
