package initrunner.model.answer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Optional;

/// An answer of generateContent: one object, several in events, or a list of them. The newer models
/// sign their tool calls and refuse the next request without the signature. For one thread.
record GeminiAnswer(Gathered gathered) implements Answer {

  static final String SIGNATURE = "thoughtSignature";

  @Override
  public boolean take(String event, JsonNode piece) throws IOException {
    if (piece.isArray()) {
      boolean isAnswer = false;
      for (JsonNode each : piece) {
        isAnswer |= take(event, each);
      }
      return isAnswer;
    }
    gathered.usage(CountedTokens.ofGemini(piece.path("usageMetadata")));
    JsonNode feedback = piece.path("promptFeedback");
    if (AnswerJson.text(feedback.path("blockReason")).isPresent()) {
      gathered.end("prohibited_content");
      gathered.why(feedback.path("blockReasonMessage").asText(""));
    }
    JsonNode candidate = piece.path("candidates").path(0);
    for (JsonNode part : candidate.path("content").path("parts")) {
      part(part);
    }
    gathered.end(AnswerJson.text(candidate.path("finishReason")).orElse(""));
    gathered.why(candidate.path("finishMessage").asText(""));
    return candidate.isObject() || gathered.end().isPresent();
  }

  private void part(JsonNode part) throws IOException {
    JsonNode call = part.path("functionCall");
    if (call.isObject()) {
      CallPieces.Call added = gathered.wholeCall(call, CallPieces.arguments(call.path("args")));
      Optional<String> signature = AnswerJson.text(part.path(SIGNATURE));
      if (signature.isPresent()) {
        gathered.count(signature.get().length());
        added.extra().put(SIGNATURE, signature.get());
      }
    } else if (!part.path("thought").asBoolean()) {
      gathered.text(part.path("text").asText(""));
    }
  }
}
