package initrunner.exec;

import initrunner.text.UnicodeText;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A command to run: the argument vector, the variables added to its environment, the directory it
/// starts in (a path of the machine it runs on), its standard input, and the secrets that it gets.
/// Immutable, except that a [Stdin.Stream] can be read once.
///
/// @param argv the program and its arguments, never empty; no argument holds a NUL character or
///   half of a surrogate pair
/// @param environment added to the environment that the host gives, in iteration order; names match
///   `[A-Za-z_][A-Za-z0-9_]*`
/// @param workingDirectory where it starts; empty means the default directory of the sandbox
/// @param stdin what it reads; never the standard input of this process
/// @param secrets added to its environment too, where no other process can read them
public record Command(
    List<String> argv,
    Map<String, String> environment,
    Optional<String> workingDirectory,
    Stdin stdin,
    SecretEnvironment secrets) {

  /// @throws IllegalArgumentException if argv is empty, an argument, value or directory holds a NUL
  ///   or half of a surrogate pair, or a variable's name is not a POSIX name
  public Command {
    Objects.requireNonNull(argv, "Command: argv is null");
    Objects.requireNonNull(environment, "Command: environment is null");
    Objects.requireNonNull(workingDirectory, "Command: workingDirectory is null");
    Objects.requireNonNull(stdin, "Command: stdin is null");
    Objects.requireNonNull(secrets, "Command: secrets is null");
    argv = List.copyOf(argv);
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("argv is empty: a command needs a program");
    }
    argv.forEach(argument -> requireText("argument", argument));
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    environment.forEach(Command::requireVariable);
    workingDirectory.ifPresent(directory -> requireText("working directory", directory));
  }

  /// A command that gets no secrets.
  public Command(
      List<String> argv,
      Map<String, String> environment,
      Optional<String> workingDirectory,
      Stdin stdin) {
    this(argv, environment, workingDirectory, stdin, SecretEnvironment.none());
  }

  /// A command with nothing added to its environment, in the default directory, with no input.
  public static Command of(String... argv) {
    Objects.requireNonNull(argv, "Command.of: argv is null");
    return new Command(List.of(argv), Map.of(), Optional.empty(), Stdin.nothing());
  }

  /// Whether `name` is a name that every shell accepts for a variable (POSIX XBD 3.216).
  public static boolean isVariableName(String name) {
    Objects.requireNonNull(name, "Command.isVariableName: name is null");
    if (name.isEmpty() || isAsciiDigit(name.charAt(0))) {
      return false;
    }
    return name.chars().allMatch(c -> c == '_' || isAsciiLetter(c) || isAsciiDigit(c));
  }

  public Command withArgv(List<String> argv) {
    return new Command(argv, environment, workingDirectory, stdin, secrets);
  }

  public Command withEnvironment(Map<String, String> environment) {
    return new Command(argv, environment, workingDirectory, stdin, secrets);
  }

  public Command withWorkingDirectory(Optional<String> workingDirectory) {
    return new Command(argv, environment, workingDirectory, stdin, secrets);
  }

  public Command withStdin(Stdin stdin) {
    return new Command(argv, environment, workingDirectory, stdin, secrets);
  }

  public Command withSecrets(SecretEnvironment secrets) {
    return new Command(argv, environment, workingDirectory, stdin, secrets);
  }

  /// The message never has the value in it.
  static void requireVariable(String name, String value) {
    if (!isVariableName(name)) {
      throw new IllegalArgumentException(
          "environment variable name '" + name + "' does not match [A-Za-z_][A-Za-z0-9_]*");
    }
    requireText("value of environment variable " + name, value);
  }

  private static void requireText(String what, String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          what + " holds a NUL character, which no program can take");
    }
    // It would be replaced by a question mark, which a shell takes for any character.
    if (!UnicodeText.isWellFormed(value)) {
      throw new IllegalArgumentException(
          what + " holds half of a surrogate pair, which no program can take");
    }
  }

  private static boolean isAsciiLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isAsciiDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
