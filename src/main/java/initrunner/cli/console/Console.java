package initrunner.cli.console;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What surrounds one command line: its standard streams and its environment. Commands take these
/// from here and never from [System], so that several can run in one JVM. Safe for many threads as
/// far as the streams are.
public final class Console {

  /// What an output is.
  public enum Output {
    /// A person watches.
    TERMINAL,
    /// A pipe or a file: a program reads it, now or later.
    OTHER
  }

  private final InputStream stdin;
  private final OutputStream stdout;
  private final OutputStream stderr;
  private final Map<String, String> environment;
  private final Output input;
  private final Output output;
  private final Output errorOutput;
  private final WatchedOutput watched;
  private final TextOutput out;
  private final TextOutput err;
  private final boolean isProcess;

  /// @param output what both outputs are
  public Console(
      InputStream stdin,
      OutputStream stdout,
      OutputStream stderr,
      Map<String, String> environment,
      Output output) {
    this(stdin, stdout, stderr, environment, output, output);
  }

  public Console(
      InputStream stdin,
      OutputStream stdout,
      OutputStream stderr,
      Map<String, String> environment,
      Output output,
      Output errorOutput) {
    this(stdin, stdout, stderr, environment, output, errorOutput, Output.OTHER);
  }

  /// @param input whether a person can type
  public Console(
      InputStream stdin,
      OutputStream stdout,
      OutputStream stderr,
      Map<String, String> environment,
      Output output,
      Output errorOutput,
      Output input) {
    this.input = input;
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    this.environment = Map.copyOf(environment);
    this.output = output;
    this.errorOutput = errorOutput;
    watched = new WatchedOutput(stdout);
    out = new TextOutput(watched);
    err = new TextOutput(stderr);
    isProcess = false;
  }

  private Console(Console other, Map<String, String> environment, boolean isProcess) {
    this.isProcess = isProcess;
    this.input = other.input;
    this.stdin = other.stdin;
    this.stdout = other.stdout;
    this.stderr = other.stderr;
    this.environment = Map.copyOf(environment);
    this.output = other.output;
    this.errorOutput = other.errorOutput;
    this.watched = other.watched;
    this.out = other.out;
    this.err = other.err;
  }

  /// This process's own. Nothing is buffered: what is written is out.
  public static Console ofProcess() {
    Console streams =
        new Console(
            new FileInputStream(FileDescriptor.in),
            new FileOutputStream(FileDescriptor.out),
            new FileOutputStream(FileDescriptor.err),
            System.getenv(),
            outputOfProcess("initrunner.terminal"),
            outputOfProcess("initrunner.terminal.stderr"),
            outputOfProcess("initrunner.terminal.stdin"));
    return new Console(streams, streams.environment, true);
  }

  /// The start script knows, at no cost; without it, the JDK can say, though only for all at once.
  private static Output outputOfProcess(String property) {
    String known = System.getProperty(property, "");
    boolean terminal =
        known.isEmpty()
            ? Optional.ofNullable(System.console()).filter(java.io.Console::isTerminal).isPresent()
            : known.equals("true");
    return terminal ? Output.TERMINAL : Output.OTHER;
  }

  /// Bytes of standard input, for a command that was asked to read it.
  public InputStream stdin() {
    return stdin;
  }

  /// Standard output as bytes, which nothing makes safe: only for a command's own output, which is
  /// the caller's byte for byte. A write to a pipe that nobody reads throws.
  public OutputStream stdout() {
    return stdout;
  }

  /// Standard error as bytes; as [#stdout].
  public OutputStream stderr() {
    return stderr;
  }

  /// Standard output as text.
  public TextOutput out() {
    return out;
  }

  /// Why some of the text of [#out] could not be written; empty while all could.
  public Optional<IOException> outputFailure() {
    out.flush();
    return watched.failure();
  }

  /// Whether a write failed because the reader went away, as `head` does when it has seen enough.
  public static boolean isBrokenPipe(Throwable failure) {
    return String.valueOf(failure.getMessage()).contains("Broken pipe");
  }

  /// Standard error as text.
  public TextOutput err() {
    return err;
  }

  /// The same streams with other variables.
  public Console withEnvironment(Map<String, String> variables) {
    return new Console(this, variables, isProcess);
  }

  /// The variables of the environment.
  public Map<String, String> environment() {
    return environment;
  }

  /// The value of one variable; a variable that is set to nothing counts as unset.
  public Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /// Whether a pipe brought something to standard input that was not read. Where the system does
  /// not say that it is a pipe, it counts as none.
  public boolean hasUnreadPipe() {
    try {
      return isProcess
          && Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString().startsWith("pipe:")
          && stdin.available() > 0;
    } catch (IOException unknown) {
      return false;
    }
  }

  /// How much fits on the terminal.
  public TerminalSize size() {
    return isProcess ? NativeTerminal.size().orElse(TerminalSize.USUAL) : TerminalSize.USUAL;
  }

  /// Throws away what was typed before now, so that it answers no question that comes.
  public void discardTyped() {
    if (isProcess && input == Output.TERMINAL) {
      NativeTerminal.discardTyped();
    }
  }

  /// Whether a person watches standard output.
  public Output output() {
    return output;
  }

  /// Whether a person can type.
  public Output input() {
    return input;
  }

  /// Whether a person watches standard error.
  public Output errorOutput() {
    return errorOutput;
  }
}
