package initrunner.cli.hosts;

import initrunner.audit.AuditLocation;
import initrunner.cli.console.Console;
import initrunner.cli.console.InputLines;
import initrunner.role.hosts.HostGroups;
import initrunner.role.hosts.HostWord;
import initrunner.runtime.doctor.Doctor;
import initrunner.text.Nearest;
import initrunner.text.NumberedNames;
import initrunner.text.Words;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The hosts that a person's list stands for. The person confirms a pattern before it counts: it
/// may stand for more hosts than they think.
///
/// @param configFile the ssh configuration with the aliases, if it is not the user's own
record HostChoice(
    Console console, HostsOptions options, HostsWish wish, Optional<Path> configFile) {

  /// The hosts, each once. Blocks for the person's answer where one is needed.
  ///
  /// @throws picocli.CommandLine.ParameterException if the list is none, or a pattern is not
  ///   confirmed
  List<String> hosts() throws InterruptedException {
    List<String> hosts = new ArrayList<>();
    List<String> aliases = List.of();
    for (HostWord word : words()) {
      switch (word) {
        case HostWord.Names(List<String> names) -> hosts.addAll(names);
        case HostWord.Group group -> throw new IllegalStateException(group.name());
        case HostWord.Glob glob -> {
          aliases =
              aliases.isEmpty() ? Doctor.namedHosts(console.environment(), configFile) : aliases;
          hosts.addAll(confirmed(glob, aliases));
        }
      }
    }
    List<String> distinct = hosts.stream().distinct().toList();
    if (distinct.isEmpty()) {
      throw options.fault("--hosts '" + wish.list() + "' names no host: its groups are empty");
    }
    if (distinct.size() > NumberedNames.MOST) {
      throw options.fault("--hosts is more than " + NumberedNames.MOST + " hosts");
    }
    return distinct;
  }

  private Path home() {
    return AuditLocation.home(console.environment());
  }

  private List<HostWord> words() {
    try {
      // A fault in the file matters only where a group is named.
      boolean namesGroup =
          NumberedNames.words(wish.list()).stream().anyMatch(word -> word.strip().startsWith("@"));
      HostGroups groups = namesGroup ? HostGroups.load(home()) : HostGroups.NONE;
      return groups.read(wish.list());
    } catch (IllegalArgumentException fault) {
      throw options.fault("--hosts: " + fault.getMessage());
    }
  }

  private List<String> confirmed(HostWord.Glob glob, List<String> aliases)
      throws InterruptedException {
    List<String> hosts = aliases.stream().filter(glob::fits).toList();
    String file = configFile.map(Path::toString).orElse("~/.ssh/config");
    if (hosts.isEmpty()) {
      String meant = Nearest.question(glob.glob().replaceAll("[*?]", ""), aliases);
      throw options.fault(
          "--hosts: '"
              + glob.glob()
              + "' fits no alias of "
              + file
              + (meant.isEmpty() ? "" : "; " + meant));
    }
    ConfirmedHosts known = ConfirmedHosts.in(home());
    String pattern = glob.glob() + " " + file;
    if (!wish.isConfirmed() && !known.has(pattern, hosts)) {
      ask(glob.glob() + " in " + file, hosts);
      known.add(pattern, hosts);
    }
    return hosts;
  }

  private void ask(String pattern, List<String> hosts) throws InterruptedException {
    String found =
        pattern
            + " is "
            + Words.counted(hosts.size(), "host")
            + ": "
            + NumberedNames.compact(hosts);
    if (console.input() != Console.Output.TERMINAL) {
      throw options.fault(
          "--hosts: " + found + "; no person can be asked here, so add --yes if these are meant");
    }
    console.err().println(found);
    if (!InputLines.isYes(console, "Run it there?")) {
      throw options.fault("--hosts: " + pattern + " is not confirmed, so nothing was started");
    }
  }
}
