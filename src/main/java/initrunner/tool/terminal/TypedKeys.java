package initrunner.tool.terminal;

import initrunner.tool.Plan;
import java.util.List;

/// A text, and then keys, as a keyboard sends them. Immutable.
///
/// @param isPasted whether its lines are one text to a program that knows of pasting
record TypedKeys(String text, List<Key> keys, boolean isPasted)
    implements Plan.TerminalTyped.Typing {

  private static final String PASTE_BEGINS = "\u001b[200~";
  private static final String PASTE_ENDS = "\u001b[201~";

  TypedKeys {
    keys = List.copyOf(keys);
  }

  /// The last line's end is typed, as it is what starts the work.
  @Override
  public String sent(boolean areApplicationKeys, boolean isPasteBracketed) {
    String lines = text.replace("\r\n", "\n");
    String body = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    StringBuilder sent = new StringBuilder();
    if (isPasted && isPasteBracketed) {
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
