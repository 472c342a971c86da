package initrunner.role.model;

/// Which protocol a model's server speaks.
public enum Api {
  /// OpenAI's, which most other providers speak too.
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

  /// The name in the provider's documentation.
  public String title() {
    return title;
  }

  /// The kind of answer, with its article.
  public String answer() {
    return answer;
  }

  /// The path after a base URL.
  public String path() {
    return path;
  }

  /// The usual end of a base URL.
  public String version() {
    return version;
  }
}
