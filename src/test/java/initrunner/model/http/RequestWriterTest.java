package initrunner.model.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.model.chat.request.ChatRequest;
import initrunner.model.Message;
import initrunner.model.TestModels;
import initrunner.model.ToolRequest;
import initrunner.model.Turn;
import initrunner.model.Usage;
import initrunner.model.endpoint.ModelEndpoint;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequestWriterTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /// LangChain4j writes a conversation in one go; what the writer puts together from exchanges is
  /// the same.
  @ParameterizedTest
  @EnumSource(names = {"OPENAI", "ANTHROPIC", "GOOGLE"})
  void aConversationThatGrowsIsWrittenAsOneThatIsWrittenAtOnce(Provider provider) throws Exception {
    ModelEndpoint endpoint = endpoint(provider);
    RequestWriter writer = writer(endpoint);
    for (List<Message> conversation : growing()) {
      SentRequest sent = writer.write(conversation, List.of(), FIELDS, Returning.AS_GIVEN);
      assertThat(JSON.readTree(sent.body().array())).isEqualTo(atOnce(endpoint, conversation));
    }
  }

  /// A conversation that another run began, or of which the beginning is left out, or whose last
  /// answer changed, gets nothing of the one before.
  @ParameterizedTest
  @EnumSource(names = {"OPENAI", "ANTHROPIC", "GOOGLE", "MISTRAL"})
  void nothingOfAnotherConversationIsLeft(Provider provider) throws Exception {
    RequestWriter writer = writer(endpoint(provider));
    List<List<Message>> conversations = growing();
    List<Message> longest = conversations.getLast();
    List<List<Message>> others = new ArrayList<>(conversations.reversed());
    others.add(List.of(new Message.User("Another.")));
    others.add(longest.subList(4, longest.size()));
    List<Message> changed = new ArrayList<>(longest);
    changed.replaceAll(message ->
        message instanceof Message.ToolAnswer(ToolRequest request, String text, _)
            ? new Message.ToolAnswer(request, text + "!")
            : message);
    others.add(changed);
    for (List<Message> other : others) {
      assertThat(writer.write(other, List.of(), FIELDS, Returning.COMPLETED).body().array())
          .isEqualTo(
              writer(endpoint(provider))
                  .write(other, List.of(), FIELDS, Returning.COMPLETED)
                  .body()
                  .array());
    }
  }

  private static final RequestFields FIELDS = RequestFields.of(settings(Provider.OPENAI));

  private static ModelSettings settings(Provider provider) {
    return TestModels.settings(provider.id(), "m", Optional.empty(), Optional.empty(), 0.1, 4096);
  }

  private static ModelEndpoint endpoint(Provider provider) {
    return ModelEndpoint.of(
        settings(provider),
        RoleEnvironment.ofProcess(
            Map.of(
                "OPENAI_API_KEY", "key-1",
                "ANTHROPIC_API_KEY", "key-1",
                "GOOGLE_API_KEY", "key-1",
                "MISTRAL_API_KEY", "key-1")));
  }

  private static RequestWriter writer(ModelEndpoint endpoint) {
    return new RequestWriter(endpoint, Models.Delivery.STREAMED, "p:m");
  }

  private static JsonNode atOnce(ModelEndpoint endpoint, List<Message> conversation) {
    Protocol protocol =
        switch (endpoint.api()) {
          case CHAT_COMPLETIONS -> new ChatCompletions(endpoint, FIELDS.withoutTools());
          case MESSAGES -> new AnthropicMessages(endpoint, FIELDS.withoutTools());
          case GENERATE_CONTENT -> new GeminiContent(endpoint, FIELDS.withoutTools());
        };
    RenderedRequest request =
        RenderedRequest.of(
            protocol::streamed,
            ChatRequest.builder().messages(ChatMessages.of(conversation)).build());
    return SentBody.of(request, endpoint);
  }

  /// With each message that ends with a prompt or the last answer to a turn's calls.
  private static List<List<Message>> growing() {
    List<Message> all =
        List.of(
            new Message.Instructions("Be \u201cbrief\u201d."),
            new Message.User("One? \u20ac"),
            assistant("", call("a", "{}"), call("b", "{\"command\":\"x\"}")),
            answer("a", ""),
            answer("b", "line\nline \ud83d\ude00"),
            assistant("Said.", call("c", "no object")),
            answer("c", "x".repeat(5_000)),
            assistant("Done."),
            new Message.User("Two?"),
            assistant("Well.", call("d", "{}")),
            answer("d", "ok"));
    return List.of(2, 5, 7, 9, 11).stream().map(end -> all.subList(0, end)).toList();
  }

  private static ToolRequest call(String id, String arguments) {
    return new ToolRequest(id, "run_shell", arguments);
  }

  private static Message answer(String id, String text) {
    return new Message.ToolAnswer(call(id, "{}"), text);
  }

  private static Message assistant(String text, ToolRequest... calls) {
    return new Message.Assistant(new Turn(text, List.of(calls), Turn.Finish.COMPLETE, Usage.NONE));
  }
}
