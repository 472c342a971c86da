package initrunner.role.hosts;

import initrunner.role.sandbox.SshSettings;
import initrunner.text.LookAlikes;
import initrunner.text.NumberedNames;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// One word of a list of hosts. Immutable.
public sealed interface HostWord {

  Pattern GROUP = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  /// What such words are, for messages.
  String ALLOWED =
      "an alias of ~/.ssh/config or user@hostname, numbers as web[01-20], @group of hosts.yaml, and"
          + " patterns of aliases with * or ?";

  /// Hosts by their names.
  record Names(List<String> hosts) implements HostWord {

    public Names {
      hosts = List.copyOf(hosts);
    }
  }

  /// All hosts of a group.
  record Group(String name) implements HostWord {}

  /// All aliases of the ssh configuration that it fits.
  ///
  /// @param glob in which `*` is any text and `?` one character
  record Glob(String glob) implements HostWord {

    /// Whether an alias fits.
    public boolean fits(String alias) {
      StringBuilder pattern = new StringBuilder();
      glob.codePoints()
          .forEach(character -> {
            switch (character) {
              case '*' -> pattern.append(".*");
              case '?' -> pattern.append('.');
              default -> pattern.append(Pattern.quote(Character.toString(character)));
            }
          });
      return Pattern.matches(pattern.toString(), alias);
    }
  }

  /// Reads a word.
  ///
  /// @throws IllegalArgumentException with the fault of a word that is none
  static HostWord of(String word) {
    if (word.startsWith("@")) {
      String name = word.substring(1);
      if (!GROUP.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "'" + word + "' is no group; allowed is @ and letters, digits, dots, _ and -");
      }
      return new Group(name);
    }
    fault(word)
        .ifPresent(fault -> {
          throw new IllegalArgumentException("'" + word + "' " + fault);
        });
    return word.contains("*") || word.contains("?")
        ? new Glob(word)
        : new Names(NumberedNames.expand(word));
  }

  private static Optional<String> fault(String word) {
    if (word.isEmpty() || word.startsWith("-") || !SshSettings.isOneWord(word)) {
      return Optional.of("is no host; allowed is " + ALLOWED);
    }
    boolean isGlob = word.contains("*") || word.contains("?");
    if (isGlob && word.contains("[")) {
      return Optional.of("has a pattern and brackets; write them as two words");
    }
    boolean isRanged = NumberedNames.expand(word).stream().noneMatch(name -> name.contains("["));
    if (!isRanged && !word.contains(":")) {
      return Optional.of("has brackets without numbers; allowed is a list as [01-20,25]");
    }
    return LookAlikes.fault(word).map(why -> why + "; write the name that you mean");
  }
}
