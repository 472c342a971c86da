package initrunner.model.http;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.StreamingChatModel;

/// One [initrunner.model.endpoint.Api] in LangChain4j's words, for one model. Immutable.
interface Protocol {

  /// A model that asks for its answer as it writes it, on the calling thread.
  StreamingChatModel streamed(HttpClientBuilder client);
}
