package initrunner.model.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.model.answer.ServerSentEvents.Event;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerSentEventsTest {

  private static final int MOST_BYTES = 10_000;

  @Test
  void eachBodyHasItsEvents() throws IOException {
    Map<String, List<Event>> bodies =
        Map.ofEntries(
            Map.entry("", List.of()),
            Map.entry("data: a\n\ndata: b\n\n", List.of(event("a"), event("b"))),
            Map.entry("data: a\ndata: b\n\n", List.of(event("a\nb"))),
            Map.entry("data: a\r\ndata\rdata:\n\r\n", List.of(event("a\n\n"))),
            Map.entry("data:  a \n\n", List.of(event(" a "))),
            Map.entry("data: a", List.of(event("a"))),
            Map.entry("event: ping\n\ndata: a\n\n", List.of(event("a"))),
            Map.entry("event: ping\ndata: a\n\n", List.of(new Event("ping", "a"))),
            Map.entry(": data: a\nid: 1\nretry: 2\n\n", List.of()),
            Map.entry("data: a\u0000b\n\n", List.of(event("a\u0000b"))),
            Map.entry("\u0000data: a\n\ndata: b\n\n", List.of(event("b"))),
            Map.entry("data: ü\n\n", List.of(event("ü"))),
            Map.entry("{\"a\":1}\n", List.of(event("{\"a\":1}"))));
    for (Map.Entry<String, List<Event>> body : bodies.entrySet()) {
      assertThat(all(events(body.getKey()))).as(body.getKey()).isEqualTo(body.getValue());
    }
  }

  private static Event event(String data) {
    return new Event("", data);
  }

  @Test
  void whatBelongsToNoEventIsKeptUpToABoundAndCommentsAreNot() throws IOException {
    ServerSentEvents said =
        events(": a comment\nerror code: 1020\nid: 1\nretry: 2\nevent: x\ndata: y\nagain\n\n");
    all(said);
    assertThat(said.otherText()).isEqualTo("error code: 1020\nagain");

    ServerSentEvents full = events("x".repeat(511) + "\nmore\n");
    all(full);
    assertThat(full.otherText()).isEqualTo("x".repeat(511));

    ServerSentEvents longer = events("x".repeat(700) + "\nmore\n");
    all(longer);
    assertThat(longer.otherText()).isEqualTo("x".repeat(512));
  }

  @Test
  void anEventMayHaveAsManyBytesAsIsSaidAndNoneMore() throws IOException {
    String most = "x".repeat(MOST_BYTES - "data: ".length());
    assertThat(all(events("data: " + most + "\n\n"))).containsExactly(event(most));

    String half = "x".repeat(MOST_BYTES / 2);
    for (String tooLong :
        List.of(
            "data: " + most + "x\n\n",
            "x".repeat(MOST_BYTES + 1),
            "data: " + half + "\ndata: " + half + "\n\n")) {
      assertThatExceptionOfType(AnswerTooLongException.class)
          .isThrownBy(() -> all(events(tooLong)));
    }
  }

  private static ServerSentEvents events(String body) {
    return new ServerSentEvents(
        new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), MOST_BYTES);
  }

  private static List<Event> all(ServerSentEvents events) throws IOException {
    List<Event> all = new ArrayList<>();
    Optional<Event> next = events.next();
    while (next.isPresent()) {
      all.add(next.get());
      next = events.next();
    }
    return all;
  }
}
