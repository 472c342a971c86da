package initrunner.agent;

import java.util.regex.Pattern;

/// Which protocol a model's server speaks.
enum Api {
  /// OpenAI's, which most others speak too.
  CHAT_COMPLETIONS(
      "Chat Completions",
      "a chat completion",
      "/chat/completions",
      "/v1",
      "\\[DONE\\]|\"finish_reason\"\\s*:\\s*\"",
      "\"finish_reason\"\\s*:\\s*\"content_filter\""),
  /// Anthropic's.
  MESSAGES(
      "Messages",
      "a message",
      "/messages",
      "/v1",
      "\"type\"\\s*:\\s*\"message_stop\"",
      "\"stop_reason\"\\s*:\\s*\"refusal\""),
  /// Google's Gemini.
  GENERATE_CONTENT(
      "generateContent",
      "generated content",
      "/models",
      "/v1beta",
      "\"finishReason\"\\s*:\\s*\"|\"blockReason\"\\s*:\\s*\"",
      "\"blockReason\"\\s*:\\s*\"");

  private final String title;
  private final String answer;
  private final String path;
  private final String version;
  private final Pattern end;
  private final Pattern withheld;

  Api(String title, String answer, String path, String version, String end, String withheld) {
    this.title = title;
    this.answer = answer;
    this.path = path;
    this.version = version;
    this.end = Pattern.compile(end);
    this.withheld = Pattern.compile(withheld);
  }

  /// As its documentation calls it.
  String title() {
    return title;
  }

  /// What a server answers with, with its article.
  String answer() {
    return answer;
  }

  /// What follows a base URL.
  String path() {
    return path;
  }

  /// What a base URL mostly ends with.
  String version() {
    return version;
  }

  /// Whether this event's data is the last of an answer, or announces that it is whole.
  boolean isEnd(String data) {
    return end.matcher(data).find();
  }

  /// Whether this answer, or this event's data, says that the provider will not say more.
  boolean isWithheld(String data) {
    return withheld.matcher(data).find();
  }
}
