package initrunner.model.http;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.StreamingChatModel;

/// One [initrunner.model.endpoint.Api] for one model, by LangChain4j. Immutable.
interface Protocol {

  /// A model that asks for a streamed answer on the calling thread.
  StreamingChatModel streamed(HttpClientBuilder client);
}
