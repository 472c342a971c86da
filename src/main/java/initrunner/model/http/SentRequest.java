package initrunner.model.http;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/// A request as it is sent.
///
/// @param body in UTF-8, with an array of its size; unmodified
record SentRequest(String url, Map<String, List<String>> headers, ByteBuffer body) {

  /// The headers hold the key, and the body the conversation.
  @Override
  public String toString() {
    return "a request of " + body.limit() + " bytes";
  }
}
