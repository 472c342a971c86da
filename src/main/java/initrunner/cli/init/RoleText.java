package initrunner.cli.init;

import initrunner.role.model.Provider;
import initrunner.text.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// The text of a first role, with a comment at each thing that a person may want to change, and of
/// the example of its `.env`. Stateless.
final class RoleText {

  static final String SCHEMA = "role.schema.json";

  private RoleText() {}

  /// @param name of the agent
  static String of(String name, Answers answers) {
    String model =
        """
          model:
            provider: %s
            name: %s
        """
            .formatted(scalar(answers.model().provider()), scalar(answers.model().name()));
    return head(name)
        + instructions(answers)
        + model
        + tools(answers)
        + answers.host().map(host -> onHost(host, answers.directory())).orElseGet(RoleText::here)
        + limits();
  }

  private static String head(String name) {
    return """
    # yaml-language-server: $schema=%s
    #
    # An agent, and where its tools run. initrunner init wrote it, and it is yours to change.
    #   initrunner validate role.yaml       what would run where, or every fault
    #   initrunner run role.yaml -p "..."   one prompt, one answer
    #   initrunner run role.yaml -i         a session
    #   initrunner doctor role.yaml         what works there, and the next step for the rest
    apiVersion: initrunner/v1
    kind: Agent
    metadata:
      name: %s
    spec:
    """
        .formatted(SCHEMA, name);
  }

  private static String instructions(Answers answers) {
    String place =
        answers.host().map(host -> "on the host " + plain(host)).orElse("on this machine");
    String directory = answers.directory().map(path -> ", in " + plain(path)).orElse("");
    return """
      # What the model is told before your prompt.
      role: |
        You work %s%s.
        Look before you change something. Report what you ran and what it printed.
    """
        .formatted(place, directory);
  }

  /// In the text of a block, where no character has a meaning of its own.
  private static String plain(String text) {
    return text.codePoints()
        .filter(character -> !Character.isISOControl(character))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static String tools(Answers answers) {
    List<String> lines = new ArrayList<>();
    lines.add("  tools:");
    lines.add(
        "    # approval: changes asks before calls that can change something, required before");
    lines.add("    # every call, auto before none.");
    for (String type : answers.tools()) {
      KnownTool tool = KnownTool.of(type).orElseThrow();
      lines.add(String.format(Locale.ROOT, "    - type: %-12s # %s", type, tool.meaning()));
      lines.add("      approval: " + answers.asked().approval());
      if (tool.isReadOnlyByItself()) {
        lines.add("      read_only: false");
      }
      if (tool == KnownTool.SHELL) {
        lines.add(
            "      # allowed_commands: [git, make, ls]   # without it, all but rm, sudo and similar ones");
      }
      if (tool == KnownTool.JOBS) {
        lines.add("      # max_running: 16      # jobs at once");
        lines.add(
            "      # max_seconds: 86400   # of one job, which is stopped then; 0 for no limit");
      }
      answers
          .directory()
          .filter(_ -> answers.host().isEmpty())
          .ifPresent(path -> lines.add("      " + tool.directoryField() + ": " + scalar(path)));
    }
    return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
  }

  private static String onHost(String host, Optional<String> directory) {
    return """
      security:
        sandbox:
          backend: ssh
          ssh:
            # An alias of ~/.ssh/config, or user@hostname.
            host: %s
            # Where commands start; without it, the login directory.
            %sremote_cwd: %s
            # bwrap, docker or slurm contains them there. Without it, they can do all that
            # the account there can.
            # launcher: bwrap
    """
        .formatted(
            scalar(host), directory.isPresent() ? "" : "# ", scalar(directory.orElse("/srv/work")));
  }

  private static String here() {
    return """
      security:
        sandbox:
          # bubblewrap, else docker, else nothing runs. none: commands are not contained.
          backend: auto
          network: none     # or host
          memory_limit: 1g
    """;
  }

  private static String limits() {
    return """
      guardrails:
        max_tool_calls: 30     # of one run
        timeout_seconds: 600
    """;
  }

  /// The variables that the role may need, for a person to fill in.
  static String environment(Answers answers) {
    Optional<Provider> provider = Provider.named(answers.model().provider());
    String key =
        provider
            .flatMap(Provider::keyVariable)
            .map(variable -> variable + "=YOUR_KEY\n")
            .orElseGet(() ->
                provider
                    .map(each -> "# " + each.urlVariable() + "=" + each.url() + "\n")
                    .orElse(""));
    return """
    # Copy this to .env beside the role, fill it in, and keep .env out of version control.
    # A variable of your environment wins over it; tools see none of these.
    """
        + key
        + "# INITRUNNER_MODEL=PROVIDER:NAME   another model than the role's\n";
  }

  /// A value that YAML reads back as this text, and in which no `${` names a variable.
  private static String scalar(String text) {
    String literal = text.replace("${", "$${");
    boolean isPlain =
        literal.matches("[A-Za-z/~][A-Za-z0-9_./@-]*(:[A-Za-z0-9_./-]+)*")
            && !literal.matches("(?i)true|false|null|yes|no|on|off|~");
    return isPlain ? literal : JsonText.line(literal);
  }
}
