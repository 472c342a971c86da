package initrunner.model;

import initrunner.tool.Tool;
import java.util.List;
import java.util.function.Consumer;

/// A model that continues a conversation. Safe for many threads.
public interface Model extends AutoCloseable {

  /// As a role names it, as `openai`.
  String provider();

  /// As a role names it, as `gpt-5-mini`.
  String name();

  /// Asks for the next turn of a conversation. Blocks until the whole turn is there; an interrupt
  /// abandons the request.
  ///
  /// @param events gets the turn's text as it arrives, on the calling thread
  /// @throws ModelException if no turn came of it
  /// @throws InterruptedException if interrupted; the conversation can be continued
  Turn next(List<Message> conversation, List<Tool> tools, Consumer<RunEvent> events)
      throws InterruptedException;

  /// Gives up the connections. Requests in flight fail.
  @Override
  default void close() {}
}
