package initrunner.door.acp;

import initrunner.agent.Approver;
import initrunner.door.jsonrpc.Exchange;
import initrunner.door.jsonrpc.Json;
import initrunner.tool.ToolCall;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Asks a person about a call in the editor (ACP v1, `session/request_permission`). For one prompt.
final class Permissions implements Approver {

  /// A person may take any time, as at a terminal.
  private static final Duration PATIENCE = Duration.ofDays(365);

  private static final String RUN = "run";
  private static final String ALWAYS = "always";
  private static final String REFUSE = "refuse";

  private static final Json.Arr OPTIONS =
      new Json.Arr(
          List.of(
              option(RUN, "Run it", "allow_once"),
              option(ALWAYS, "Always run exactly this in this session", "allow_always"),
              option(REFUSE, "Refuse", "reject_once")));

  private final Exchange exchange;
  private final String session;
  private final Updates updates;
  private final AlwaysAllowed always;

  Permissions(Exchange exchange, String session, Updates updates, AlwaysAllowed always) {
    this.exchange = exchange;
    this.session = session;
    this.updates = updates;
    this.always = always;
  }

  private static Json option(String id, String name, String kind) {
    return Json.Obj.EMPTY.with("optionId", id).with("name", name).with("kind", kind);
  }

  @Override
  public String means(ToolCall call) {
    return "editor";
  }

  /// @throws InterruptedException also if the editor says that the prompt is cancelled
  @Override
  public Decision ask(ToolCall call) throws InterruptedException {
    if (always.contains(call)) {
      return Decision.YES;
    }
    Json.Obj question =
        Json.Obj.EMPTY
            .with("sessionId", session)
            .with("toolCall", updates.waiting(call))
            .with("options", OPTIONS);
    Json.Obj outcome =
        exchange
            .ask("session/request_permission", question, PATIENCE)
            .flatMap(answer -> answer.object("outcome"))
            .orElse(Json.Obj.EMPTY);
    return switch (outcome.text("outcome").orElse("")) {
      case "selected" -> decision(outcome.text("optionId"), call);
      case "cancelled" -> throw new InterruptedException("the editor cancelled the prompt");
      default -> Decision.LATER;
    };
  }

  private Decision decision(Optional<String> chosen, ToolCall call) {
    return switch (chosen.orElse("")) {
      case RUN -> Decision.YES;
      case ALWAYS -> {
        always.add(call);
        yield Decision.YES;
      }
      case REFUSE -> {
        updates.refused(call);
        yield Decision.NO;
      }
      default -> Decision.LATER;
    };
  }
}
