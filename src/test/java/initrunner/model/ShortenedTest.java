package initrunner.model;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.tool.Plan;
import initrunner.tool.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ShortenedTest {

  private static final Message.Instructions SYSTEM = new Message.Instructions("Be brief.");

  @Property
  void whatIsLeftIsAConversationThatAProviderTakes(
      @ForAll("conversations") List<Message> whole, @ForAll @IntRange(max = 9000) int room) {
    List<Message> left = Shortened.to(room, whole).messages();

    assertThat(left.getFirst()).isEqualTo(SYSTEM);
    assertThat(left.get(1)).isInstanceOf(Message.User.class);
    assertThat(prompts(left).getLast()).isEqualTo(prompts(whole).getLast());
    List<ToolRequest> unanswered = new ArrayList<>();
    for (Message message : left) {
      switch (message) {
        case Message.ToolAnswer(ToolRequest request, _, _) ->
            assertThat(unanswered.remove(request)).as("no orphan: %s", request).isTrue();
        case Message.Assistant(Turn turn) -> {
          assertThat(unanswered).isEmpty();
          unanswered.addAll(turn.requests());
        }
        case Message.User _, Message.Instructions _, Message.Verdict _ ->
            assertThat(unanswered).isEmpty();
      }
    }
    assertThat(unanswered).isEmpty();
    assertThat(left.getLast().getClass()).isEqualTo(whole.getLast().getClass());
  }

  @Property
  void nothingIsLeftOutOfWhatFitsAndWhatIsLeftFitsWhereItCan(
      @ForAll("conversations") List<Message> whole, @ForAll @IntRange(max = 9000) int room) {
    Shortened shortened = Shortened.to(room, whole);

    assertThat(shortened.size()).isEqualTo(size(shortened.messages()));
    if (size(whole) <= room) {
      assertThat(shortened).isEqualTo(new Shortened(whole, size(whole), 0, 0));
    } else {
      assertThat(shortened.outputs() + shortened.turns()).isPositive();
      assertThat(shortened.size())
          .isLessThanOrEqualTo(Math.max(room, Shortened.to(0, whole).size()));
    }
  }

  @Property
  void whereThereIsRoomForJustWhatIsLeftTheSameIsLeft(
      @ForAll("conversations") List<Message> whole, @ForAll @IntRange(max = 9000) int room) {
    Shortened left = Shortened.to(room, whole);

    assertThat(Shortened.to(left.size(), whole)).isEqualTo(left);
  }

  @Provide
  Arbitrary<List<Message>> conversations() {
    Arbitrary<Integer> length = Arbitraries.integers().between(0, 1500);
    return length
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .list()
        .ofMaxSize(3)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(ShortenedTest::conversation)
        .filter(whole -> size(whole) > size(Shortened.to(0, whole).messages()));
  }

  /// Prompts, each with turns, each with outputs of so many characters.
  private static List<Message> conversation(List<List<List<Integer>>> prompts) {
    List<Message> messages = new ArrayList<>(List.of(SYSTEM));
    for (int i = 0; i < prompts.size(); i++) {
      messages.add(new Message.User("Prompt " + i));
      for (List<Integer> outputs : prompts.get(i)) {
        turn(messages, outputs);
      }
      if (i < prompts.size() - 1) {
        messages.add(
            new Message.Assistant(
                new Turn("Answer " + i, List.of(), Turn.Finish.COMPLETE, Usage.NONE)));
      }
    }
    return messages;
  }

  private static void turn(List<Message> messages, List<Integer> outputs) {
    List<ToolRequest> requests = new ArrayList<>();
    for (int j = 0; j < outputs.size(); j++) {
      requests.add(new ToolRequest("call-" + messages.size() + "-" + j, "run_shell", "{}"));
    }
    messages.add(new Message.Assistant(new Turn("", requests, Turn.Finish.COMPLETE, Usage.NONE)));
    for (int j = 0; j < outputs.size(); j++) {
      messages.add(new Message.ToolAnswer(requests.get(j), "ü".repeat(outputs.get(j))));
    }
  }

  @Test
  void oldOutputsGoFirstThenPromptsThenTurnsAndTheNewestOutputsLast() {
    List<Message> whole =
        conversation(List.of(List.of(List.of(900)), List.of(List.of(800), List.of(700))));

    assertThat(texts(size(whole) - 1, whole))
        .containsExactly("Prompt 0", line(900), "Answer 0", "Prompt 1", "ü*800", "ü*700");
    assertThat(texts(1850, whole))
        .containsExactly("Prompt 0", line(900), "Answer 0", "Prompt 1", line(800), "ü*700");
    assertThat(texts(1650, whole)).containsExactly("Prompt 1", line(800), "ü*700");
    assertThat(texts(1550, whole)).containsExactly("Prompt 1", "ü*700");
    assertThat(texts(0, whole)).containsExactly("Prompt 1", line(700));
  }

  @Test
  void anOutputThatIsNoLongerThanTheLineInItsPlaceStays() {
    int length = line(10).length();
    for (int characters : new int[] {1, length - 1, length}) {
      List<Message> whole = conversation(List.of(List.of(List.of(0))));
      ToolRequest request = new ToolRequest("call", "run_shell", "{}");
      whole.removeLast();
      whole.add(new Message.ToolAnswer(request, "x".repeat(characters)));
      assertThat(Shortened.to(0, whole)).isEqualTo(new Shortened(whole, size(whole), 0, 0));
    }
  }

  @Test
  void instructionsWithoutAPromptStay() {
    List<Message> whole = List.of(SYSTEM);
    assertThat(Shortened.to(0, whole)).isEqualTo(new Shortened(whole, size(whole), 0, 0));
  }

  @Test
  void everyByteThatTheModelIsSentIsCounted() {
    String more = "-é-";
    ToolRequest call = new ToolRequest("id", "tool", "{}");
    Message said = said("text", "content", call);
    for (Message longer :
        List.of(
            said("text" + more, "content", call),
            said("text", "content" + more, call),
            said("text", "content", new ToolRequest("id" + more, "tool", "{}")),
            said("text", "content", new ToolRequest("id", "tool" + more, "{}")),
            said("text", "content", new ToolRequest("id", "tool", "{}" + more)))) {
      assertThat(Shortened.size(longer)).isEqualTo(Shortened.size(said) + 4);
    }
    assertThat(Shortened.size(said("text", "content", call, new ToolRequest("", "", ""))))
        .as("a call has a frame")
        .isGreaterThan(Shortened.size(said));
    Message answer = new Message.ToolAnswer(call, "x");
    assertThat(Shortened.size(new Message.ToolAnswer(call, "x" + more)))
        .isEqualTo(Shortened.size(answer) + 4);
    assertThat(Shortened.size(new Message.ToolAnswer(new ToolRequest("id" + more, "", ""), "x")))
        .isEqualTo(Shortened.size(answer) + 4);
    assertThat(Shortened.size(new Message.User(""))).as("a message has a frame").isPositive();
  }

  private static Message said(String text, String content, ToolRequest... calls) {
    return new Message.Assistant(
        new Turn(
            text,
            List.of(calls),
            Turn.Finish.COMPLETE,
            Usage.NONE,
            Optional.of(new Continuation("openai:gpt", content))));
  }

  @Test
  void whatTheModelIsToldOfAToolIsCounted() {
    long size = Shortened.size(new Described("name", "what", "parameter", "which"));
    String more = "-é-";
    for (Described longer :
        List.of(
            new Described("name" + more, "what", "parameter", "which"),
            new Described("name", "what" + more, "parameter", "which"),
            new Described("name", "what", "parameter" + more, "which"),
            new Described("name", "what", "parameter", "which" + more))) {
      assertThat(Shortened.size(longer)).isEqualTo(size + 4);
    }
    assertThat(size).isGreaterThan("namewhatparameterwhich".length());
    assertThat(Shortened.size(new Described("name", "what", "", ""))).isLessThan(size);
  }

  /// A tool with one parameter.
  record Described(String name, String description, String parameter, String ofParameter)
      implements Tool {

    @Override
    public String type() {
      return "shell";
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(new Parameter(parameter, Parameter.Kind.STRING, ofParameter, true));
    }

    @Override
    public Plan plan(Map<String, Object> arguments) {
      return new Plan.Refused("", "only described");
    }
  }

  private static String line(int characters) {
    return "("
        + characters
        + " characters of output were left out: the conversation became too long)";
  }

  private static List<String> texts(long room, List<Message> whole) {
    return Shortened.to(room, whole).messages().stream()
        .map(message ->
            switch (message) {
              case Message.Instructions _, Message.Verdict _ -> "";
              case Message.User(String text) -> text;
              case Message.Assistant(Turn turn) -> turn.text();
              case Message.ToolAnswer(_, String text, _) ->
                  text.startsWith("ü") ? "ü*" + text.length() : text;
            })
        .filter(text -> !text.isEmpty())
        .toList();
  }

  private static long size(List<Message> messages) {
    return messages.stream().mapToLong(Shortened::size).sum();
  }

  private static List<Message> prompts(List<Message> messages) {
    return messages.stream().filter(Message.User.class::isInstance).toList();
  }
}
