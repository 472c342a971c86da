package initrunner.role.summary;

import initrunner.role.ContentRules;
import initrunner.role.Execution;
import initrunner.role.Guardrails;
import initrunner.role.Guardrails.TokenLimits;
import initrunner.role.Role;
import initrunner.role.model.ModelName;
import initrunner.role.model.ModelSettings;
import initrunner.role.model.UserModels;
import initrunner.text.DurationText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What bounds a run, and which secrets its tools get, in plain language. Stateless.
final class LimitSummary {

  private LimitSummary() {}

  static List<String> of(Role role) {
    List<String> lines = new ArrayList<>();
    Guardrails guardrails = role.guardrails();
    lines.add(
        ("A run ends after %s s, %s tool calls, %s model requests or %s tokens that the"
                + " model writes%s.")
            .formatted(
                guardrails.timeout().toSeconds(),
                guardrails.maxToolCalls(),
                guardrails.maxRequests(),
                guardrails.tokens().perRun(),
                tokens(guardrails.tokens())));
    guardrails
        .costLimit()
        .ifPresent(most ->
            lines.add(
                "It ends after %s US dollars, by the prices in your %s."
                    .formatted(most.toPlainString(), UserModels.FILE)));
    lines.addAll(calls(role.execution()));
    lines.addAll(content(role.security().content()));
    if (role.sandboxNames().isEmpty()) {
      secrets(role, "").ifPresent(lines::add);
    }
    role.sandboxNames()
        .forEach(name -> secrets(role.at(name), "Sandbox " + name + ": ").ifPresent(lines::add));
    return lines;
  }

  private static Optional<String> secrets(Role role, String where) {
    return Optional.of(role.sandbox().secretEnv())
        .filter(names -> !names.isEmpty())
        .map(names -> where + "Its tools get the secrets " + String.join(", ", names) + ".");
  }

  /// The models to ask when this one fails.
  static List<String> fallback(ModelSettings model) {
    List<ModelName> models = model.fallback().models();
    return models.isEmpty()
        ? List.of()
        : List.of(
            "Where that fails, it uses "
                + models.stream().map(ModelName::toString).collect(Collectors.joining(", then "))
                + ".");
  }

  private static String tokens(TokenLimits tokens) {
    return tokens(tokens.input(), "that it reads")
        + tokens(tokens.total(), "in all")
        + tokens(tokens.runBudget(), "of its budget")
        + tokens(tokens.perRequestInput(), "that it reads in one request")
        + tokens(tokens.sessionBudget(), "in a session");
  }

  private static String tokens(Optional<Integer> limit, String which) {
    return limit.map(most -> ", or " + most + " " + which).orElse("");
  }

  private static List<String> content(ContentRules rules) {
    if (rules.equals(ContentRules.DEFAULT)) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        ("A prompt may have %s characters and nothing of %s patterns; an answer %s"
                + " characters and nothing of %s patterns.")
            .formatted(
                rules.maxPromptLength(),
                rules.blockedInput().size(),
                rules.maxOutputLength(),
                rules.blockedOutput().size()));
    if (rules.allowedTopics().isPresent()) {
      lines.add("The model is asked first whether a prompt is on the topics that are allowed.");
    }
    return lines;
  }

  private static List<String> calls(Execution execution) {
    List<String> lines = new ArrayList<>();
    execution
        .maxConcurrency()
        .ifPresent(most -> lines.add("At most " + most + " of its tool calls run at once."));
    execution
        .toolTimeout()
        .ifPresent(time ->
            lines.add("No tool call takes longer than " + DurationText.seconds(time) + " s."));
    execution
        .retries()
        .ifPresent(most ->
            lines.add("Repeats in a row of a call that cannot be made: at most " + most + "."));
    return lines;
  }
}
