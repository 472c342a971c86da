package initrunner.model.http;

import java.util.List;
import java.util.Map;

/// A request as it is sent.
///
/// @param body in UTF-8, in pieces that later requests share: unmodified
record SentRequest(String url, Map<String, List<String>> headers, List<byte[]> body) {

  long size() {
    return body.stream().mapToLong(piece -> piece.length).sum();
  }

  /// The headers hold the key, and the body the conversation.
  @Override
  public String toString() {
    return "a request of " + size() + " bytes";
  }
}
