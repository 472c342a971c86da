package initrunner.tool.policy;

import initrunner.tool.policy.WrapperGrammar.Reading;
import initrunner.tool.policy.WrapperGrammar.Trait;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Finds the programs in a command: the first word, and the words after programs whose task is to
/// start another (`env`, `timeout 5`, `xargs`, `find -exec`). Takes time in proportion to the
/// length of the command.
///
/// A program that is in neither list (known wrappers, known to start none) may start any of its
/// words: they are the suspects.
///
/// It reads words, not programs. It does not see what a shell or an interpreter gets as a text (`sh
/// -c`, `python -c`), what other programs start by their own options and files (`git -c alias`,
/// `tar --checkpoint-action`, `make`), and a link or a copy under another name. If a wrapper takes
/// a line for a shell (`watch`, `su -c`, `ssh`), it reads the first command of the line.
public final class WrappedPrograms {

  /// No person writes a command with more.
  private static final int MOST = 32;

  private static final int MOST_SUSPECTS = 64;

  /// A command that an unknown program may start.
  ///
  /// @param program its base name
  /// @param words with the arguments
  public record Suspect(String program, List<String> words) {

    public Suspect {
      words = List.copyOf(words);
    }
  }

  private static final Pattern BLANKS = Pattern.compile("\\s+");

  /// Words, and the indexes of the programs found.
  private record Line(List<String> words, Set<Integer> programs) {

    Line(List<String> words) {
      this(words, new HashSet<>());
    }

    List<String> from(int at) {
      return words.subList(at, words.size());
    }
  }

  /// The position in the words of a wrapper.
  private record State(int at, int operands, boolean optionsAreOver) {

    State after(int words) {
      return new State(at + words, operands, optionsAreOver);
    }
  }

  private final List<String> programs = new ArrayList<>();
  private final List<List<String>> commands = new ArrayList<>();
  private final List<Suspect> suspects = new ArrayList<>();
  private Optional<String> objection = Optional.empty();
  private int read;

  /// About the wrapper in progress, in all ways to read it: the commands with unknown programs, and
  /// whether a program is known, which makes that reading the right one.
  private List<List<String>> unknown = new ArrayList<>();

  private boolean isKnown;

  private WrappedPrograms() {}

  public static WrappedPrograms in(List<String> argv) {
    WrappedPrograms found = new WrappedPrograms();
    found.program(new Line(argv), 0);
    found.unknown.forEach(found::suspect);
    return found;
  }

  /// The base names of all programs found, the first word's first.
  List<String> programs() {
    return List.copyOf(programs);
  }

  /// The command itself and the commands after wrappers, each as it is written and with the base
  /// name of its program.
  public List<List<String>> commands() {
    return List.copyOf(commands);
  }

  /// The first few commands that unknown programs may start.
  public List<Suspect> suspects() {
    return List.copyOf(suspects);
  }

  /// The reason why some programs cannot be found; empty if all were.
  Optional<String> objection() {
    return objection;
  }

  /// The last part of a path, with or without slashes after it.
  static String baseName(String word) {
    int end = word.length();
    while (end > 1 && word.charAt(end - 1) == '/') {
      end--;
    }
    String trimmed = word.substring(0, end);
    return trimmed.length() > 1 ? trimmed.substring(trimmed.lastIndexOf('/') + 1) : trimmed;
  }

  /// A command with the base name of its program.
  public static List<String> named(List<String> command) {
    return joined(List.of(baseName(command.getFirst())), command.subList(1, command.size()));
  }

  private boolean isTooMuch() {
    if (read++ < MOST) {
      return false;
    }
    objection =
        Optional.of("the command names more than " + MOST + " programs that start one another");
    return true;
  }

  private void program(Line line, int at) {
    if (!line.programs().add(at) || isTooMuch() || at >= line.words().size()) {
      return;
    }
    List<String> words = line.from(at);
    String program = baseName(words.getFirst());
    commands.add(words);
    commands.add(named(words));
    programs.add(program);
    Optional<WrapperGrammar> grammar = WrapperGrammar.of(program);
    if (grammar.isEmpty() && !LeafPrograms.contains(program)) {
      unknown.add(words);
      return;
    }
    isKnown = true;
    grammar.ifPresent(known -> wrapper(known, line, at + 1));
  }

  private void wrapper(WrapperGrammar grammar, Line line, int at) {
    List<List<String>> outer = unknown;
    unknown = new ArrayList<>();
    isKnown = false;
    behind(grammar, line, at);
    if (!isKnown) {
      unknown.forEach(this::suspect);
    }
    unknown = outer;
    isKnown = true;
  }

  /// An unknown program may start each of its words, and each word of a text within one.
  private void suspect(List<String> words) {
    String program = baseName(words.getFirst());
    for (int at = 0; at < words.size() && suspects.size() < MOST_SUSPECTS; at++) {
      String word = words.get(at);
      List<String> rest = words.subList(at + 1, words.size());
      int equals = word.startsWith("-") ? word.indexOf('=') : -1;
      String value = word.substring(equals + 1);
      List<String> text = BLANKS.splitAsStream(value.strip()).limit(MOST_SUSPECTS).toList();
      if (text.size() > 1) {
        for (int i = 0; i < text.size(); i++) {
          suspect(program, text.subList(i, text.size()));
        }
      } else if (at > 0 && !value.startsWith("-")) {
        suspect(
            program, equals < 0 ? words.subList(at, words.size()) : joined(List.of(value), rest));
      }
    }
  }

  private void suspect(String program, List<String> words) {
    if (suspects.size() < MOST_SUSPECTS && !words.getFirst().isEmpty()) {
      suspects.add(new Suspect(program, words));
    }
  }

  private void behind(WrapperGrammar grammar, Line line, int at) {
    if (grammar.traits().contains(Trait.ONLY_AFTER_OPTIONS)) {
      behindOptions(grammar, line, at);
      return;
    }
    Deque<State> left = new ArrayDeque<>(List.of(new State(at, 0, false)));
    if (grammar.traits().contains(Trait.SEVERAL_PROGRAMS)) {
      IntStream.range(at, line.words().size())
          .filter(separator -> line.words().get(separator).equals(":"))
          .forEach(separator -> left.add(new State(separator + 1, 0, false)));
    }
    Set<State> seen = new HashSet<>();
    while (!left.isEmpty() && objection.isEmpty()) {
      State state = left.pop();
      if (state.at() < line.words().size() && seen.add(state)) {
        left.addAll(next(grammar, line, state));
      }
    }
  }

  private List<State> next(WrapperGrammar grammar, Line line, State state) {
    String word = line.words().get(state.at());
    if (!state.optionsAreOver() && word.startsWith("-")) {
      return word.equals("--")
          ? List.of(new State(state.at() + 1, state.operands(), true))
          : option(grammar, line, state);
    }
    if (state.operands() < grammar.operands().size()) {
      return operand(grammar, word, state);
    }
    boolean takesLine = grammar.traits().contains(Trait.TAKES_LINE);
    // A line may begin with an assignment, followed by the command.
    if (word.indexOf('=') > 0 && !(takesLine && BLANKS.matcher(word).find())) {
      return List.of(state.after(1));
    }
    if (takesLine) {
      line(word, line.from(state.at() + 1));
    } else {
      program(line, state.at());
    }
    return List.of();
  }

  private static List<State> operand(WrapperGrammar grammar, String word, State state) {
    State taken = new State(state.at() + 1, state.operands() + 1, state.optionsAreOver());
    if (!grammar.takes(word, state.operands())) {
      return List.of();
    }
    return grammar.isOptional(state.operands())
        ? List.of(taken, new State(state.at(), state.operands() + 1, state.optionsAreOver()))
        : List.of(taken);
  }

  private List<State> option(WrapperGrammar grammar, Line line, State state) {
    List<State> next = new ArrayList<>();
    for (Reading reading : grammar.readings(line.words().get(state.at()))) {
      switch (reading.value()) {
        case NONE -> next.add(state.after(1));
        case ONE -> next.add(state.after(2));
        case TWO -> next.add(state.after(3));
        case THREE -> next.add(state.after(4));
        case SPLIT -> split(grammar, reading, line.from(state.at() + 1));
        case LINE -> {
          text(reading, line, state.at());
          next.add(state.after(reading.attached().isEmpty() ? 2 : 1));
        }
        case PROGRAM -> named(reading, line, state.at());
      }
    }
    return next;
  }

  /// Reads wrappers such as `find`: a program follows certain options, at any position.
  private void behindOptions(WrapperGrammar grammar, Line line, int from) {
    for (int at = from; at < line.words().size() && objection.isEmpty(); at++) {
      String word = line.words().get(at);
      String name = word.startsWith("--") ? word.split("=", 2)[0] : word;
      if (word.startsWith("-") && grammar.options().containsKey(name)) {
        for (Reading reading : grammar.readings(word)) {
          switch (reading.value()) {
            case PROGRAM -> named(reading, line, at);
            case LINE -> text(reading, line, at);
            case NONE, ONE, TWO, THREE, SPLIT -> {}
          }
        }
      }
    }
  }

  private void named(Reading reading, Line line, int at) {
    if (reading.attached().isEmpty()) {
      program(line, at + 1);
    } else {
      program(new Line(joined(List.of(reading.attached()), line.from(at + 1))), 0);
    }
  }

  private void text(Reading reading, Line line, int at) {
    if (!reading.attached().isEmpty()) {
      line(reading.attached(), List.of());
    } else if (at + 1 < line.words().size()) {
      line(line.words().get(at + 1), List.of());
    }
  }

  /// Reads the first command of a line for a shell.
  private void line(String text, List<String> more) {
    List<String> words;
    try {
      words = ShellWords.split(text);
    } catch (ShellWords.SyntaxException _) {
      words = List.of(text.strip().split("\\s+"));
    }
    List<String> all = joined(words, more);
    int at = 0;
    while (at < all.size() && all.get(at).indexOf('=') > 0) {
      at++;
    }
    program(new Line(all), at);
  }

  /// Reads the words that `env -S` puts in place of the option as more words of env.
  private void split(WrapperGrammar grammar, Reading reading, List<String> following) {
    boolean isNext = reading.attached().isEmpty();
    if (isTooMuch() || (isNext && following.isEmpty())) {
      return;
    }
    String text = isNext ? following.getFirst() : reading.attached();
    Optional<List<String>> words = EnvSplit.words(text);
    if (words.isEmpty()) {
      objection =
          Optional.of(
              "what env -S starts cannot be seen where its text holds ${…} or is not closed:"
                  + " give env the words themselves");
      return;
    }
    List<String> rest = isNext ? following.subList(1, following.size()) : following;
    behind(grammar, new Line(joined(words.get(), rest)), 0);
  }

  private static List<String> joined(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
