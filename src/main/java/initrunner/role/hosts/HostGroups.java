package initrunner.role.hosts;

import initrunner.role.file.UserFile;
import initrunner.schema.ConfigException;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.MapOf;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.yaml.Faults;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.Nearest;
import initrunner.text.NumberedNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/// A user's names for several hosts at once, from `hosts.yaml` in the user's directory of this
/// product. Immutable.
///
/// @param words the words of each group
public record HostGroups(Map<String, List<String>> words) {

  /// The name of the file.
  public static final String FILE = "hosts.yaml";

  private static final Field<Map<String, List<String>>> GROUPS =
      Field.of(
          "groups",
          new MapOf<>(
              Rule.matching(
                  HostWord.GROUP,
                  "is no name of a group",
                  "letters, digits, dots, _ and -",
                  "write for example web: [web1, web2]"),
              new ListOf<>(
                  Text.notBlank()
                      .with(
                          "is no host",
                          HostWord.ALLOWED,
                          "write one host or group for each item",
                          HostGroups::isWord))),
          Map.of(),
          "Names for lists of hosts.");

  private static final Section<HostGroups> SECTION =
      Section.of(f -> new HostGroups(f.get(GROUPS))).checking(HostGroups::check);

  /// No groups.
  public static final HostGroups NONE = SECTION.defaults();

  public HostGroups {
    words = Map.copyOf(words);
  }

  private static boolean isWord(String word) {
    try {
      var _ = HostWord.of(word);
      return true;
    } catch (IllegalArgumentException fault) {
      return false;
    }
  }

  /// The content of the file; [#NONE] if there is no such file. Blocks on the file system only.
  ///
  /// @param home the user's directory of this product
  /// @throws ConfigException with every fault of the file
  public static HostGroups load(Path home) {
    return UserFile.load(home, FILE, SECTION).orElse(NONE);
  }

  /// Each group that is named is there, and none holds itself.
  private static void check(Values values, Decoding decoding) {
    values
        .written(GROUPS)
        .ifPresent(written -> {
          Map<String, YamlValue> groups = written.entries(Faults.unheard());
          groups.forEach(
              (name, items) -> items.items().forEach(item -> check(name, item, groups, decoding)));
        });
  }

  private static void check(
      String group, YamlValue item, Map<String, YamlValue> groups, Decoding decoding) {
    if (!item.raw().startsWith("@")) {
      return;
    }
    String named = item.raw().substring(1);
    if (!groups.containsKey(named)) {
      decoding.fault(
          item, "names no group of this file, got '" + item.raw() + "'; " + meant(named, groups));
    } else if (reaches(named, group, groups, new ArrayList<>())) {
      decoding.fault(
          item, "leads back to the group '" + group + "', got '" + item.raw() + "'; remove it");
    }
  }

  private static String meant(String named, Map<String, ?> groups) {
    return Nearest.to(named, groups.keySet())
        .map(near -> "did you mean @" + near + "?")
        .orElse("allowed is " + listed(groups));
  }

  private static String listed(Map<String, ?> groups) {
    return groups.isEmpty()
        ? "no group, as there is none"
        : "@" + String.join(", @", groups.keySet().stream().sorted().toList());
  }

  private static boolean reaches(
      String from, String to, Map<String, YamlValue> groups, List<String> seen) {
    if (from.equals(to)) {
      return true;
    }
    if (seen.contains(from) || !groups.containsKey(from)) {
      return false;
    }
    seen.add(from);
    return groups.get(from).items().stream()
        .map(YamlValue::raw)
        .filter(word -> word.startsWith("@"))
        .anyMatch(word -> reaches(word.substring(1), to, groups, seen));
  }

  /// The hosts and the patterns of a list with commas, each once, with the groups in it replaced.
  ///
  /// @throws IllegalArgumentException with the fault of a list that is none
  public List<HostWord> read(String list) {
    SequencedSet<HostWord> found = new LinkedHashSet<>();
    NumberedNames.words(list).forEach(word -> add(HostWord.of(word.strip()), found));
    return List.copyOf(found);
  }

  private void add(HostWord word, SequencedSet<HostWord> to) {
    switch (word) {
      case HostWord.Names _, HostWord.Glob _ -> to.add(word);
      case HostWord.Group(String name) -> {
        if (!words.containsKey(name)) {
          throw new IllegalArgumentException(
              "there is no group '@" + name + "' in " + FILE + "; " + meant(name, words));
        }
        words.get(name).forEach(each -> add(HostWord.of(each), to));
      }
    }
  }
}
