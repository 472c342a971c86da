package initrunner.model.endpoint;

/// Which protocol a model's server speaks.
public enum Api {
  /// OpenAI's, which most others speak too.
  CHAT_COMPLETIONS("Chat Completions", "a chat completion", "/chat/completions", "/v1"),
  /// Anthropic's.
  MESSAGES("Messages", "a message", "/messages", "/v1"),
  /// Google's Gemini.
  GENERATE_CONTENT("generateContent", "generated content", "/models", "/v1beta");

  private final String title;
  private final String answer;
  private final String path;
  private final String version;

  Api(String title, String answer, String path, String version) {
    this.title = title;
    this.answer = answer;
    this.path = path;
    this.version = version;
  }

  /// As its documentation calls it.
  public String title() {
    return title;
  }

  /// What a server answers with, with its article.
  public String answer() {
    return answer;
  }

  /// What follows a base URL.
  public String path() {
    return path;
  }

  /// What a base URL mostly ends with.
  public String version() {
    return version;
  }
}
