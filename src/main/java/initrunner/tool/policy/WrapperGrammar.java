package initrunner.tool.policy;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import initrunner.text.PackagedText;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// How to read the words of a program that starts another one, as `wrappers.txt` lists them.
/// Immutable.
///
/// @param options by their names with the dashes
/// @param operands its own words before the program: each is one of a set, or any word if the set
///   is empty
record WrapperGrammar(Map<String, Value> options, List<Set<String>> operands, Set<Trait> traits) {

  private static final String MAYBE = "maybe";

  private static final String ANY_TEXT = "*";

  private static final Map<String, WrapperGrammar> ALL = all();

  private static final List<String> PREFIXES = prefixes();

  WrapperGrammar {
    options = Map.copyOf(options);
    operands = List.copyOf(operands);
    traits = Set.copyOf(traits);
  }

  /// Special rules.
  enum Trait {
    /// The program is a line for a shell.
    TAKES_LINE("~"),
    /// It starts a program only after certain options.
    ONLY_AFTER_OPTIONS("only"),
    /// A word `:` ends the program's words; then the reading starts again.
    SEVERAL_PROGRAMS(":");

    private final String token;

    Trait(String token) {
      this.token = token;
    }
  }

  /// The value of an option.
  enum Value {
    NONE,
    ONE,
    TWO,
    THREE,
    SPLIT,
    LINE,
    PROGRAM
  }

  /// One way to read an option.
  ///
  /// @param attached its value, if that is in the same word
  record Reading(Value value, String attached) {

    Reading(Value value) {
      this(value, "");
    }
  }

  /// The grammar of a program, by its base name; empty if it is known to start no other.
  static Optional<WrapperGrammar> of(String program) {
    boolean isLoader = program.startsWith("ld-") && program.contains(".so");
    return Optional.ofNullable(ALL.get(isLoader ? "ld.so" : program))
        .or(() ->
            PREFIXES.stream()
                .filter(program::startsWith)
                .findFirst()
                .map(WrapperGrammar::ofPrefix));
  }

  private static WrapperGrammar ofPrefix(String prefix) {
    return Objects.requireNonNull(ALL.get(prefix + ANY_TEXT));
  }

  private static List<String> prefixes() {
    return ALL.keySet().stream()
        .filter(name -> name.endsWith(ANY_TEXT))
        .map(name -> name.substring(0, name.length() - ANY_TEXT.length()))
        .toList();
  }

  private static Map<String, WrapperGrammar> all() {
    Map<String, WrapperGrammar> all = new HashMap<>();
    PackagedText.read(WrapperGrammar.class, "wrappers.txt")
        .lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> {
          String[] parts = line.split(":", 2);
          WrapperGrammar grammar = parse(List.of(parts[1].strip().split(" +")));
          List.of(parts[0].split(",")).forEach(name -> all.put(name, grammar));
        });
    return Map.copyOf(all);
  }

  private static WrapperGrammar parse(List<String> tokens) {
    List<String> operands = tokens.stream().filter(token -> token.startsWith("+")).toList();
    return new WrapperGrammar(
        tokens.stream()
            .filter(token -> token.startsWith("-"))
            .collect(toMap(WrapperGrammar::option, WrapperGrammar::value, (first, _) -> first)),
        operands.stream().map(WrapperGrammar::operand).toList(),
        Arrays.stream(Trait.values())
            .filter(trait -> tokens.contains(trait.token))
            .collect(toSet()));
  }

  private static Set<String> operand(String token) {
    return token.equals("+any")
        ? Set.of()
        : new HashSet<>(Arrays.asList(token.substring(1).split(",")));
  }

  private static String option(String token) {
    return token.replaceFirst("[=%~!]+$", "");
  }

  private static Value value(String token) {
    return switch (token.substring(option(token).length())) {
      case "=" -> Value.ONE;
      case "==" -> Value.TWO;
      case "===" -> Value.THREE;
      case "%" -> Value.SPLIT;
      case "~" -> Value.LINE;
      case "!" -> Value.PROGRAM;
      default -> Value.NONE;
    };
  }

  /// The ways to read a word that begins with a dash: several if the option is unknown.
  Set<Reading> readings(String word) {
    if (options.containsKey(word)) {
      return Set.of(new Reading(options.get(word)));
    }
    return word.startsWith("--") ? longReadings(word) : clusterReadings(word);
  }

  /// Long options may be abbreviated.
  private Set<Reading> longReadings(String word) {
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    Set<Value> values =
        options.containsKey(name)
            ? Set.of(options.get(name))
            : options.keySet().stream()
                .filter(known -> known.startsWith(name))
                .map(options::get)
                .collect(toSet());
    if (values.isEmpty()) {
      return equals < 0
          ? Set.of(new Reading(Value.ONE), new Reading(Value.NONE))
          : Set.of(new Reading(Value.NONE));
    }
    return values.stream()
        .map(value -> equals < 0 ? new Reading(value) : attached(value, word.substring(equals + 1)))
        .collect(toSet());
  }

  /// A word such as `-iu`, whose last option may take the next word as its value.
  private Set<Reading> clusterReadings(String word) {
    Set<Reading> readings = new LinkedHashSet<>();
    for (int i = 1; i < word.length(); i++) {
      boolean isLast = i == word.length() - 1;
      Optional<Value> known = Optional.ofNullable(options.get("-" + word.charAt(i)));
      if (known.isEmpty() && !Character.isDigit(word.charAt(i))) {
        readings.add(new Reading(isLast ? Value.ONE : Value.NONE));
      }
      Value value = known.orElse(Value.NONE);
      if (value != Value.NONE) {
        String rest = word.substring(i + 1);
        readings.add(isLast ? new Reading(value) : attached(value, rest));
        return readings;
      }
    }
    readings.add(new Reading(Value.NONE));
    return readings;
  }

  /// How to read an option whose value is in the same word.
  private static Reading attached(Value value, String text) {
    return switch (value) {
      case SPLIT, LINE, PROGRAM -> new Reading(value, text);
      case NONE, ONE, TWO, THREE -> new Reading(Value.NONE);
    };
  }

  /// Whether the operand at this index may be missing.
  boolean isOptional(int place) {
    return operands.get(place).contains(MAYBE);
  }

  /// Whether a word can be the operand at this index.
  boolean takes(String word, int place) {
    Set<String> allowed = operands.get(place);
    return allowed.isEmpty() || allowed.contains(word) || isOptional(place);
  }
}
