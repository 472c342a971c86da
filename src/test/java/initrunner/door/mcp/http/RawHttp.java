package initrunner.door.mcp.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// A client of HTTP that sends what no library would: each request on a connection of its own.
record RawHttp(int port, String token) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /// @param head status line and headers
  record Answer(int status, String head, String body) {

    private static Answer of(String text) {
      int end = text.indexOf("\r\n\r\n");
      return new Answer(
          Integer.parseInt(text.split(" ", 3)[1]), text.substring(0, end), text.substring(end + 4));
    }

    String header(String name) {
      return head.lines()
          .filter(line -> line.regionMatches(true, 0, name + ": ", 0, name.length() + 2))
          .map(line -> line.substring(name.length() + 2))
          .findFirst()
          .orElse("");
    }

    /// The JSON-RPC message; the last one of a stream, as which a slow answer comes.
    JsonNode json() throws IOException {
      return JSON.readTree(
          body.lines()
              .filter(line -> line.startsWith("data: "))
              .reduce((_, last) -> last)
              .map(line -> line.substring("data: ".length()))
              .orElse(body));
    }
  }

  /// The headers that a client sends with each request.
  Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Host", "127.0.0.1:" + port);
    headers.put("Authorization", "Bearer " + token);
    headers.put("Content-Type", "application/json");
    headers.put("Accept", "application/json, text/event-stream");
    return headers;
  }

  Answer send(String method, Map<String, String> headers, String body) throws IOException {
    try (Socket socket = begin(method, headers, body)) {
      return rest(socket);
    }
  }

  /// Sends a request whose answer is not waited for.
  Socket begin(String method, Map<String, String> headers, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder(method.contains(" ") ? method : method + " /mcp");
    head.append(" HTTP/1.1\r\nConnection: close\r\nContent-Length: ").append(bytes.length);
    headers.forEach((name, value) -> head.append("\r\n").append(name).append(": ").append(value));
    Socket socket = connect();
    write(socket, head + "\r\n\r\n");
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return socket;
  }

  Socket connect() throws IOException {
    return new Socket("127.0.0.1", port);
  }

  static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  static Answer rest(Socket socket) throws IOException {
    return Answer.of(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
  }

  /// Reads until this text has come.
  static void await(Socket socket, String text) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf(text) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the server closed the connection after: " + seen);
      }
      seen.append((char) next);
    }
  }
}
