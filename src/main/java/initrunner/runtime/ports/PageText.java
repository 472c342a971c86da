package initrunner.runtime.ports;

import initrunner.exec.Ended;
import initrunner.exec.Outcome;
import initrunner.text.DurationText;
import initrunner.text.SafeText;
import initrunner.tool.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Describes a page to a model: the status, then the text as the server sent it. Stateless.
final class PageText {

  private static final int MOST_FIELD_CHARACTERS = 500;
  private static final int MOST_OTHER_CHARACTERS = 100;
  private static final char TLS_ALERT = 0x15;

  private PageText() {}

  /// @param host its name for a person
  static String of(Plan.PageRead plan, String host, PageReply reply, Outcome outcome) {
    String where = "http://" + plan.at() + plan.path() + " on " + host;
    List<String> lines = new ArrayList<>();
    end(plan, outcome.ended()).ifPresent(lines::add);
    if (reply.head().isEmpty()) {
      lines.add(withoutHead(where, reply, outcome.ended()));
      return String.join("\n", lines);
    }
    PageHead head = reply.head().get();
    lines.add("HTTP %d %s from %s".formatted(head.status(), field(head.reason()), where));
    head.field("content-type").ifPresent(type -> lines.add("Content-Type: " + field(type)));
    if (head.isRedirect()) {
      lines.add(
          "It redirects to %s, which was not followed."
              .formatted(field(head.field("location").orElse(""))));
    }
    lines.add("");
    lines.add(body(head, reply));
    if (reply.isCut()) {
      lines.add("[truncated]");
    } else if (!reply.isWhole() && outcome.ended() instanceof Ended.Exited) {
      lines.add("[the server closed the connection before the end of the page]");
    }
    return String.join("\n", lines);
  }

  private static String body(PageHead head, PageReply reply) {
    byte[] body = reply.body();
    if (body.length == 0) {
      return "(an empty page)";
    }
    return head.isText()
        ? new String(body, head.charset())
        : "(%d bytes or more of %s, which is no text)"
            .formatted(body.length, field(head.field("content-type").orElse("an unknown type")));
  }

  private static Optional<String> end(Plan.PageRead plan, Ended ended) {
    return switch (ended) {
      case Ended.TimedOut _ ->
          Optional.of(
              "Error: the page did not end within "
                  + plan.limits()
                      .timeout()
                      .map(bound -> DurationText.seconds(bound) + "s")
                      .orElse("its time")
                  + ".");
      case Ended.Cancelled _ -> Optional.of("Error: the call was cancelled.");
      case Ended.Lost(String reason) -> Optional.of("Error: " + reason + ".");
      case Ended.Exited _, Ended.Signaled _, Ended.OutOfMemory _ -> Optional.empty();
    };
  }

  private static String withoutHead(String where, PageReply reply, Ended ended) {
    String start = reply.otherStart();
    if (start.isEmpty()) {
      return ended instanceof Ended.Exited
          ? "Error: the server of " + where + " closed the connection without an answer."
          : "The server of " + where + " sent nothing.";
    }
    if (start.charAt(0) == TLS_ALERT) {
      return "Error: the server of "
          + where
          + " wants TLS; read_port speaks plain HTTP. Ask it with a program on the host, as curl -k.";
    }
    return "Error: the server of "
        + where
        + " does not speak HTTP/1; it sent "
        + SafeText.quoted(start, MOST_OTHER_CHARACTERS)
        + ".";
  }

  private static String field(String value) {
    return SafeText.oneLine(SafeText.cut(value, MOST_FIELD_CHARACTERS));
  }
}
