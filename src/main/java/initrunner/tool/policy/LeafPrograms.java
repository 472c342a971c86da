package initrunner.tool.policy;

import initrunner.text.PackagedText;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The programs that never start one of their arguments, as `leaf_programs.txt` lists them.
final class LeafPrograms {

  /// Such as in `python3.12` and `gcc-14`.
  private static final Pattern VERSION = Pattern.compile("-?[0-9][0-9.]{0,20}$");

  private static final Set<String> ALL =
      PackagedText.read(LeafPrograms.class, "leaf_programs.txt")
          .lines()
          .filter(line -> !line.startsWith("#"))
          .flatMap(line -> Arrays.stream(line.split(" ")))
          .collect(Collectors.toUnmodifiableSet());

  private LeafPrograms() {}

  /// Whether the list holds this base name, in any version.
  static boolean contains(String program) {
    return ALL.contains(program) || ALL.contains(VERSION.matcher(program).replaceFirst(""));
  }
}
