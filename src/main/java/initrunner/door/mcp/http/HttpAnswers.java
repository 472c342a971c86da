package initrunner.door.mcp.http;

import com.sun.net.httpserver.HttpExchange;
import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import java.io.IOException;
import java.io.OutputStream;

/// Answers of one piece. Stateless; blocks until the client has taken the answer.
final class HttpAnswers {

  private HttpAnswers() {}

  /// One JSON value.
  static void json(HttpExchange http, int status, Json json) throws IOException {
    byte[] body = json.bytes();
    http.getResponseHeaders().set("Content-Type", "application/json");
    http.getResponseHeaders().set("Cache-Control", "no-store");
    http.sendResponseHeaders(status, body.length);
    OutputStream out = http.getResponseBody();
    out.write(body);
    out.close();
  }

  /// An error that belongs to no request.
  static void refuse(HttpExchange http, int status, String why) throws IOException {
    json(
        http,
        status,
        Json.Obj.EMPTY
            .with("jsonrpc", "2.0")
            .with(
                "error",
                new RpcException(RpcException.INVALID_REQUEST, "Invalid request: " + why).error()));
  }

  /// A status without a body.
  static void empty(HttpExchange http, int status) throws IOException {
    http.sendResponseHeaders(status, -1);
  }
}
