package initrunner.model;

import initrunner.tool.Tool;
import java.util.List;
import java.util.function.Consumer;

/// A model that continues a conversation. Safe for many threads.
public interface Model extends AutoCloseable {

  /// The provider as a role names it, such as `openai`.
  String provider();

  /// The model as a role names it, such as `gpt-5-mini`.
  String name();

  /// Asks for the next turn of a conversation. Blocks until the whole turn has arrived; an
  /// interrupt abandons the request.
  ///
  /// @param events gets the turn's text as it arrives, on the calling thread
  /// @throws ModelException if the model gave no turn
  /// @throws InterruptedException if interrupted; the conversation can be continued
  Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events)
      throws InterruptedException;

  /// Closes the connections. Requests in flight fail.
  @Override
  default void close() {}
}
