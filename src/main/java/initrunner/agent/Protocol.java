package initrunner.agent;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;

/// One [Api] in LangChain4j's words, for one model. Immutable.
interface Protocol {

  /// A model that answers in one piece.
  ChatModel whole(HttpClientBuilder client);

  /// A model that answers as it writes, on the calling thread.
  StreamingChatModel streamed(HttpClientBuilder client);
}
