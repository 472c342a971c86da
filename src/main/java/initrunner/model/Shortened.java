package initrunner.model;

import initrunner.tool.Tool;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A conversation cut down to the room there is, as far as it can be. Every provider accepts the
/// rest: instructions and the latest prompt stay whole, and each tool call has its answer. Left
/// out, one by one and only until the rest fits, are: the outputs of tools except those of the
/// model's last turn, the oldest first; earlier prompts with all that followed them; earlier turns
/// of the model since the latest prompt; the last turn's outputs.
///
/// @param messages the rest; equal to the conversation if that fits
/// @param size of the rest; more than the room where nothing more can be left out
/// @param outputs how many tool outputs were replaced by a line with their length
/// @param turns how many prompts with their answers, and turns of the model, were left out
record Shortened(List<Message> messages, long size, int outputs, int turns) {

  // Each message also costs a few tokens for its frame.
  private static final int FRAME_BYTES = 12;

  Shortened {
    messages = List.copyOf(messages);
  }

  /// @param room in bytes of UTF-8, as [#size(Message)] counts them
  static Shortened to(long room, List<Message> conversation) {
    return new Work(room, conversation).done();
  }

  /// In bytes of UTF-8.
  static long size(Message message) {
    return FRAME_BYTES
        + switch (message) {
          case Message.Instructions(String text) -> bytes(text);
          case Message.User(String text) -> bytes(text);
          case Message.Assistant(Turn turn) ->
              bytes(turn.text())
                  + turn.requests().stream().mapToLong(Shortened::size).sum()
                  + turn.continuation().map(Continuation::content).map(Shortened::bytes).orElse(0L);
          case Message.Verdict _ -> 0;
          case Message.ToolAnswer(ToolRequest request, String text, _) ->
              bytes(request.id()) + bytes(text);
        };
  }

  private static long size(ToolRequest request) {
    return FRAME_BYTES + bytes(request.id()) + bytes(request.tool()) + bytes(request.arguments());
  }

  /// The size of a tool's description for the model, in bytes of UTF-8.
  static long size(Tool tool) {
    long size = FRAME_BYTES + bytes(tool.name()) + bytes(tool.description());
    for (Tool.Parameter parameter : tool.parameters()) {
      size += FRAME_BYTES + bytes(parameter.name()) + bytes(parameter.description());
    }
    return size;
  }

  private static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /// For one conversation.
  private static final class Work {

    private final long room;
    private final List<Message> messages;
    private long size;
    private int outputs;
    private int turns;

    Work(long room, List<Message> conversation) {
      this.room = room;
      this.messages = new ArrayList<>(conversation);
      this.size = conversation.stream().mapToLong(Shortened::size).sum();
    }

    Shortened done() {
      replaceOutputs(0, lastTurn());
      while (size > room && firstPrompt() < lastPrompt()) {
        leaveOut(firstPrompt(), next(Message.User.class, firstPrompt() + 1));
      }
      while (size > room && next(Message.Assistant.class, 0) < lastTurn()) {
        int oldest = next(Message.Assistant.class, 0);
        leaveOut(oldest, next(Message.Assistant.class, oldest + 1));
      }
      replaceOutputs(lastTurn(), messages.size());
      return new Shortened(messages, size, outputs, turns);
    }

    private void replaceOutputs(int from, int to) {
      for (int i = from; i < to && size > room; i++) {
        if (messages.get(i)
            instanceof Message.ToolAnswer(ToolRequest request, String text, var ended)) {
          Message line = new Message.ToolAnswer(request, line(text), ended);
          long saved = size(messages.get(i)) - size(line);
          if (saved > 0) {
            messages.set(i, line);
            size -= saved;
            outputs++;
          }
        }
      }
    }

    private static String line(String text) {
      return "("
          + text.codePointCount(0, text.length())
          + " characters of output were left out: the conversation became too long)";
    }

    private void leaveOut(int from, int to) {
      List<Message> gone = messages.subList(from, to);
      size -= gone.stream().mapToLong(Shortened::size).sum();
      gone.clear();
      turns++;
    }

    private int firstPrompt() {
      return next(Message.User.class, 0);
    }

    private int lastPrompt() {
      return last(Message.User.class);
    }

    /// The index of the model's last turn since the latest prompt; the end if there is none.
    private int lastTurn() {
      int turn = last(Message.Assistant.class);
      return turn > lastPrompt() ? turn : messages.size();
    }

    private int next(Class<? extends Message> kind, int from) {
      int at = from;
      while (at < messages.size() && !kind.isInstance(messages.get(at))) {
        at++;
      }
      return at;
    }

    private int last(Class<? extends Message> kind) {
      int at = messages.size() - 1;
      while (at >= 0 && !kind.isInstance(messages.get(at))) {
        at--;
      }
      return at;
    }
  }
}
