package initrunner.tool.terminal;

import initrunner.tool.Plan;
import java.util.List;

/// A text, and then keys, as a keyboard sends them. Immutable.
record TypedKeys(String text, List<Key> keys) implements Plan.TerminalTyped.Typing {

  private static final String PASTE_BEGINS = "\u001b[200~";
  private static final String PASTE_ENDS = "\u001b[201~";

  TypedKeys {
    keys = List.copyOf(keys);
  }

  /// Several lines are pasted where the program knows of it: an editor would indent each by the one
  /// before. The last line's end is typed, as it is what starts the work.
  @Override
  public String sent(boolean areApplicationKeys, boolean isPasteBracketed) {
    String lines = text.replace("\r\n", "\n");
    String body = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    StringBuilder sent = new StringBuilder();
    if (isPasteBracketed && body.indexOf('\n') >= 0) {
      sent.append(PASTE_BEGINS)
          .append(body.replace(PASTE_ENDS, "").replace('\n', '\r'))
          .append(PASTE_ENDS);
    } else {
      sent.append(body.replace('\n', '\r'));
    }
    if (lines.length() > body.length()) {
      sent.append('\r');
    }
    for (Key key : keys) {
      sent.append(areApplicationKeys ? key.inApplicationMode() : key.usual());
    }
    return sent.toString();
  }
}
