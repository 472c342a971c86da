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
import java.util.function.Supplier;

/// The standard streams and the environment of one command line. Commands take these from here and
/// never from [System], so that several can run in one JVM. Safe for many threads as far as the
/// streams are.
public final class Console {

  /// The kind of an output.
  public enum Output {
    /// A person watches it.
    TERMINAL,
    /// A pipe or a file for a program.
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
  private final TextOutput terminal;
  private final LastLine lastLine = new LastLine();
  private final boolean isProcess;
  private volatile boolean finishing;
  private volatile boolean asking;

  /// @param output the kind of both outputs
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
    this(stdin, stdout, stderr, environment, output, errorOutput, input, false);
  }

  private Console(
      InputStream stdin,
      OutputStream stdout,
      OutputStream stderr,
      Map<String, String> environment,
      Output output,
      Output errorOutput,
      Output input,
      boolean isProcess) {
    this.stdin = stdin;
    this.stdout = output == Output.TERMINAL ? lastLine.watched(stdout) : stdout;
    this.stderr = errorOutput == Output.TERMINAL ? lastLine.watched(stderr) : stderr;
    this.environment = Map.copyOf(environment);
    this.output = output;
    this.errorOutput = errorOutput;
    this.input = input;
    this.isProcess = isProcess;
    watched = new WatchedOutput(this.stdout);
    out = new TextOutput(watched);
    err = new TextOutput(this.stderr);
    terminal = new TextOutput(stderr);
  }

  /// The console of this process. It buffers nothing.
  public static Console ofProcess() {
    return new Console(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err),
        System.getenv(),
        outputOfProcess("initrunner.terminal"),
        outputOfProcess("initrunner.terminal.stderr"),
        outputOfProcess("initrunner.terminal.stdin"),
        true);
  }

  /// The start script passes it at no cost; without that, the JDK only tells whether all streams
  /// are a terminal.
  private static Output outputOfProcess(String property) {
    String known = System.getProperty(property, "");
    boolean terminal =
        known.isEmpty()
            ? Optional.ofNullable(System.console()).filter(java.io.Console::isTerminal).isPresent()
            : known.equals("true");
    return terminal ? Output.TERMINAL : Output.OTHER;
  }

  /// Standard input as bytes, for a command that reads it.
  public InputStream stdin() {
    return stdin;
  }

  /// Standard output as bytes, unsanitized: only for a command's own output, which the caller gets
  /// byte for byte. A write to a pipe without a reader throws.
  public OutputStream stdout() {
    return stdout;
  }

  /// Standard error as bytes; as [#stdout].
  public OutputStream stderr() {
    return stderr;
  }

  public TextOutput out() {
    return out;
  }

  /// The failure to write some text of [#out]; empty if all was written.
  public Optional<IOException> outputFailure() {
    out.flush();
    return watched.failure();
  }

  /// Whether a write failed because the reader closed its end, as `head` does when it has enough.
  public static boolean isBrokenPipe(Throwable failure) {
    return String.valueOf(failure.getMessage()).contains("Broken pipe");
  }

  public TextOutput err() {
    return err;
  }

  /// Shows what is waited for until the line is closed: on standard error, if a person watches it.
  /// Any other output takes the line away, and it comes back behind a whole line.
  ///
  /// @param what asked for each time, by another thread
  public WaitLine waiting(Supplier<String> what) {
    TerminalLook look = errorOutput == Output.TERMINAL ? TerminalLook.of(this) : TerminalLook.NONE;
    long since = System.nanoTime();
    return lastLine.begin(
        terminal.screen(look),
        () -> Optional.of(new WaitLine.Wait(since, what.get())).filter(_ -> !asking));
  }

  /// Lets another writer to the terminal take its last line away before standard streams print
  /// there.
  ///
  /// @param erase called by any thread; it must not print to a standard stream
  public void sharesTerminal(Runnable erase) {
    lastLine.sharedWith(erase);
  }

  /// A question begins that is asked on the terminal itself: no line that is written over is shown
  /// until it ends.
  public void questionBegins() {
    asking = true;
    lastLine.erase();
  }

  public void questionEnds() {
    asking = false;
  }

  /// Whether such a question is asked.
  public boolean isAsking() {
    return asking;
  }

  public Map<String, String> environment() {
    return environment;
  }

  /// Prints a failure and the next step on standard error.
  public void complain(String what, String remedy) {
    err.println("Error: " + what);
    err.printLines(remedy);
  }

  /// Does a last work for which the process stays, also after a signal.
  public <T> T finishing(Supplier<T> work) {
    finishing = true;
    try {
      return work.get();
    } finally {
      finishing = false;
    }
  }

  /// Whether such a work goes on.
  public boolean isFinishing() {
    return finishing;
  }

  /// The value of one variable; an empty value counts as unset.
  public Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /// Whether it is the console of this process, and not of a command line inside another program.
  public boolean isOfProcess() {
    return isProcess;
  }

  /// Whether standard input is a pipe with unread bytes; false if the system cannot tell.
  public boolean hasUnreadPipe() {
    try {
      return isProcess
          && Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString().startsWith("pipe:")
          && stdin.available() > 0;
    } catch (IOException unknown) {
      return false;
    }
  }

  public TerminalSize size() {
    return isProcess ? NativeTerminal.size().orElse(TerminalSize.USUAL) : TerminalSize.USUAL;
  }

  /// Drops keys typed before now, so that they answer no later question.
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
