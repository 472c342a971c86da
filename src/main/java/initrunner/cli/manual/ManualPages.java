package initrunner.cli.manual;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// The manual pages of a program: one for itself, and one for each command. Stateless.
final class ManualPages {

  private static final SequencedMap<String, String> FILES = new LinkedHashMap<>();
  private static final SequencedMap<String, String> VARIABLES = new LinkedHashMap<>();

  static {
    FILES.put("role.yaml", "A role: an agent's model, its tools, and where these run.");
    FILES.put(".env", "Variables for the roles of its directory, such as a model's key.");
    FILES.put("~/.ssh/config", "The hosts, and how ssh reaches them.");
    FILES.put("~/.initrunner", "The audit log, paused runs, and what is kept between runs.");
    VARIABLES.put("INITRUNNER_HOME", "The directory in place of ~/.initrunner.");
    VARIABLES.put("INITRUNNER_AUDIT_DB", "The audit log's database.");
    VARIABLES.put("INITRUNNER_MODEL", "Another model than the role's, as PROVIDER:NAME.");
    VARIABLES.put("INITRUNNER_LOG_LEVEL", "How much standard error says; debug is as -v.");
    VARIABLES.put("NO_COLOR", "Where it is set, no output has colours.");
  }

  private ManualPages() {}

  /// The pages by the names of their files: `initrunner.1`, `initrunner-audit-export.1`.
  ///
  /// @param version of the program, as in its first line of `--version`
  static SequencedMap<String, String> of(CommandSpec root, String version, LocalDate date) {
    SequencedMap<String, String> pages = new LinkedHashMap<>();
    add(root, version, date, pages);
    return pages;
  }

  private static void add(
      CommandSpec command, String version, LocalDate date, Map<String, String> pages) {
    pages.put(name(command) + ".1", page(command, version, date));
    shown(command).forEach(each -> add(each, version, date, pages));
  }

  private static String name(CommandSpec command) {
    return command.qualifiedName("-");
  }

  private static Stream<CommandSpec> shown(CommandSpec command) {
    return command.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .distinct()
        .filter(each -> !each.usageMessage().hidden());
  }

  private static String page(CommandSpec command, String version, LocalDate date) {
    HelpText help = HelpText.of(command);
    Roff page = new Roff(name(command).toUpperCase(Locale.ROOT), date, version);
    page.heading("NAME").name(name(command), help.summary());
    page.heading("SYNOPSIS").lines(help.synopsis());
    page.heading("DESCRIPTION").paragraph(String.join(" ", help.description()));
    page.heading("OPTIONS");
    help.words().forEach(page::term);
    help.options().forEach(page::term);
    List<CommandSpec> commands = shown(command).toList();
    if (!commands.isEmpty()) {
      page.heading("COMMANDS");
      commands.forEach(each -> page.reference(name(each), HelpText.of(each).summary()));
    }
    if (!help.examples().isEmpty()) {
      page.heading("EXAMPLES").lines(help.examples());
    }
    if (!help.exitStatus().isEmpty()) {
      page.heading("EXIT STATUS").paragraph(help.exitStatus());
    }
    if (command.parent() == null) {
      page.heading("FILES");
      FILES.forEach(page::term);
      page.heading("ENVIRONMENT");
      VARIABLES.forEach(page::term);
    }
    page.heading("SEE ALSO").references(related(command, commands));
    return page.text();
  }

  /// The command above and those beside it, or those below it.
  private static List<String> related(CommandSpec command, List<CommandSpec> below) {
    if (command.parent() == null) {
      return List.of("ssh", "ssh_config");
    }
    Stream<CommandSpec> near =
        Stream.of(Stream.of(command.parent()), below.stream(), besides(command))
            .flatMap(each -> each);
    return near.map(ManualPages::name).toList();
  }

  private static Stream<CommandSpec> besides(CommandSpec command) {
    return command.parent().parent() == null
        ? Stream.empty()
        : shown(command.parent()).filter(each -> !each.name().equals(command.name()));
  }
}
