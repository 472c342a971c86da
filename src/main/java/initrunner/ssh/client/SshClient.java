package initrunner.ssh.client;

import initrunner.exec.Captured;
import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.pty.PseudoTerminal;
import initrunner.exec.transport.Deadline;
import initrunner.exec.transport.LocalProcess;
import initrunner.exec.transport.SearchPath;
import initrunner.exec.transport.StartedCommand.Wake;
import initrunner.ssh.shell.RemoteCommandLine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The user's `ssh` program and the options with which we call it. Authentication, host keys, jump
/// hosts and the configuration stay its own; our options share one connection and keep the
/// configuration from changing what a command does. Immutable and safe for many threads.
public final class SshClient {

  /// The status of an `ssh` that did not get as far as the command, or whose command ended so.
  public static final int FAILED = 255;

  private static final int MAX_CAPTURED_BYTES = 64 * 1024;
  private static final int MAX_ANSWERS_BYTES = 4 << 20;
  private static final Duration QUESTION_POLL = Duration.ofMillis(20);

  /// Parts of a user's configuration that would break a command.
  private static final List<String> NEUTRALIZED =
      List.of(
          "RemoteCommand=none",
          "RequestTTY=no",
          "ClearAllForwardings=yes",
          "ExitOnForwardFailure=no",
          "PermitLocalCommand=no",
          "ForwardX11=no",
          "Tunnel=no",
          "VisualHostKey=no",
          "LogVerbose=none",
          "EscapeChar=none",
          "StdinNull=no",
          "ForkAfterAuthentication=no",
          "SessionType=default");

  private final String program;
  private final SshTarget target;
  private final List<String> neutralized;
  private final Login login;
  private final Optional<Path> setsid = SearchPath.find("setsid");

  /// Whether `ssh` may ask a person.
  private enum Login {
    BATCH,
    ASKS
  }

  /// What a run of `ssh` gave.
  public record Answer(int status, String stdout, String stderr) {}

  /// @param searchPath where `ssh` is looked for, a list like `PATH`
  /// @throws TransportException if there is no `ssh` on it
  public SshClient(SshTarget target, String searchPath) {
    this(
        target,
        SearchPath.find("ssh", searchPath).map(Path::toString).orElseThrow(() -> missing(target)),
        NEUTRALIZED,
        Login.BATCH);
  }

  private SshClient(SshTarget target, String program, List<String> neutralized, Login login) {
    this.target = target;
    this.program = program;
    this.neutralized = List.copyOf(neutralized);
    this.login = login;
  }

  private static TransportException missing(SshTarget target) {
    return new TransportException(
        Kind.CLIENT_MISSING,
        target.host(),
        "ssh client not found on PATH",
        "Install OpenSSH: apt install openssh-client (Debian, Ubuntu), dnf install"
            + " openssh-clients (Fedora), brew install openssh (macOS).");
  }

  /// The same for a client too old to know an option of ours: a configuration for that client
  /// cannot set it either.
  ///
  /// @return empty if it is not one of the options that can be left out
  Optional<SshClient> without(String option) {
    String assignment = option.toLowerCase(Locale.ROOT) + "=";
    List<String> known =
        neutralized.stream()
            .filter(ours -> !ours.toLowerCase(Locale.ROOT).startsWith(assignment))
            .toList();
    return known.size() == neutralized.size()
        ? Optional.empty()
        : Optional.of(new SshClient(target, program, known, login));
  }

  /// The same, which may ask: for [#runAsking].
  public SshClient asking() {
    return new SshClient(target, program, neutralized, Login.ASKS);
  }

  public SshTarget target() {
    return target;
  }

  /// `ssh` with the options that every call has, up to where the caller's own begin.
  public List<String> options(Path controlPath) {
    List<String> options = new ArrayList<>();
    target.configFile().ifPresent(file -> options.addAll(List.of("-F", file.toString())));
    target.identityFile().ifPresent(file -> options.addAll(List.of("-i", file.toString())));
    switch (login) {
      case BATCH -> addOption(options, "BatchMode=yes");
      case ASKS -> {
        addOption(options, "BatchMode=no");
        addOption(options, "NumberOfPasswordPrompts=1");
      }
    }
    addOption(options, "ConnectTimeout=" + target.connectTimeout().toSeconds());
    addOption(options, "ControlMaster=auto");
    addOption(options, controlPath(controlPath));
    addOption(options, "ControlPersist=" + ControlPersist.option(target.controlPersist()));
    neutralized.forEach(option -> addOption(options, option));
    return options;
  }

  /// The same for a connection that shares no other.
  public List<String> optionsAlone() {
    List<String> options = new ArrayList<>();
    // Of an option that is given twice, ssh takes the first.
    addOption(options, "ControlMaster=no");
    addOption(options, "ControlPath=none");
    options.addAll(options(Path.of("none")));
    return options;
  }

  /// `-o option`, behind what is there.
  public static void addOption(List<String> options, String option) {
    options.add("-o");
    options.add(option);
  }

  /// The option that names a master's socket.
  public static String controlPath(Path path) {
    return "ControlPath=" + path.toString().replace("%", "%%");
  }

  /// `-- host [remote command]`, behind what is there.
  public List<String> withDestination(List<String> options, Optional<String> remoteCommand) {
    List<String> whole = new ArrayList<>(options);
    whole.add("--");
    whole.add(target.host());
    remoteCommand.ifPresent(whole::add);
    return whole;
  }

  /// Starts `ssh` with these arguments, in a session of its own where the machine has `setsid`:
  /// this process answers a Ctrl-C in the terminal, which must not end a shared connection. It has
  /// this process's whole environment (the agent's socket).
  ///
  /// @throws IOException if it cannot be started
  public LocalProcess start(List<String> arguments, Stdin stdin) throws IOException {
    return start(arguments, stdin, Map.of());
  }

  private LocalProcess start(List<String> arguments, Stdin stdin, Map<String, String> variables)
      throws IOException {
    List<String> argv = command(program);
    argv.addAll(arguments);
    logged(arguments);
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.environment().putAll(variables);
    return LocalProcess.start(builder, stdin);
  }

  /// Starts `ssh` with these arguments on a terminal of this machine, and has it ask the host for
  /// one like it. What it says itself is dropped.
  ///
  /// @param terminal its own from now on
  /// @param type of the terminal, for the variable `TERM`
  /// @throws IOException if it cannot be started
  public LocalProcess startOn(
      PseudoTerminal terminal, String type, List<String> arguments, Stdin typed)
      throws IOException {
    List<String> argv =
        new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$0\" \"$@\" 2>/dev/null", program, "-tt"));
    argv.addAll(arguments);
    logged(arguments);
    String session = setsid.map(Path::toString).orElse("setsid");
    ProcessBuilder builder = new ProcessBuilder(terminal.onIt(session, "/bin/sh", argv));
    builder.environment().put("TERM", type);
    return LocalProcess.start(builder, terminal, typed);
  }

  /// Without the remote command, which may hold variables of a call.
  private void logged(List<String> arguments) {
    int end = arguments.indexOf("--");
    List<String> shown = arguments.subList(0, end < 0 ? arguments.size() : end);
    System.getLogger(SshClient.class.getName())
        .log(
            System.Logger.Level.DEBUG,
            () -> program + " " + String.join(" ", shown) + " -- " + target.host());
  }

  /// A command line for a session of its own, where the machine has `setsid`.
  public List<String> command(String... argv) {
    List<String> command = new ArrayList<>();
    setsid.ifPresent(found -> command.add(found.toString()));
    command.addAll(List.of(argv));
    return command;
  }

  /// The program's path.
  public String program() {
    return program;
  }

  /// Runs `ssh` to its end. Blocks up to the bound; an interrupt ends it, and the flag is set
  /// again.
  ///
  /// @return empty if it did not end in time, or the thread is interrupted
  /// @throws TransportException if it cannot be started
  public Optional<Answer> run(List<String> arguments, Stdin stdin, Duration bound) {
    Captured captured = new Captured(MAX_CAPTURED_BYTES);
    try (LocalProcess process = start(arguments, stdin)) {
      return switch (process.await(Deadline.in(bound), captured)) {
        case OVER ->
            Optional.of(new Answer(process.status(), captured.stdoutText(), captured.stderrText()));
        case TIME_UP -> Optional.empty();
        case CANCELLED -> throw new IllegalStateException("no other thread knows this process");
        case INTERRUPTED -> {
          Thread.currentThread().interrupt();
          yield Optional.empty();
        }
      };
    } catch (IOException e) {
      throw notStarted(e);
    }
  }

  /// Runs `ssh` for one host after the other. Blocks up to the bound.
  ///
  /// @param before what stands in front of each host in a line before its answer
  /// @param failed a line behind the answer of an `ssh` that fails
  /// @return the answers; empty if they did not come in time, or are too long
  String runForEach(
      List<String> options, List<String> hosts, String before, String failed, Duration bound) {
    List<String> ssh = new ArrayList<>(List.of(program));
    ssh.addAll(options);
    ssh.add("--");
    String script =
        "for host do printf '"
            + before
            + "%s\\n' \"$host\"; "
            + RemoteCommandLine.quoteAll(ssh)
            + " \"$host\" 2>/dev/null || echo "
            + failed
            + "; done";
    List<String> argv = command("sh", "-c", script, "sh");
    argv.addAll(hosts);
    Captured captured = new Captured(MAX_ANSWERS_BYTES);
    try (LocalProcess process = LocalProcess.start(new ProcessBuilder(argv), Stdin.nothing())) {
      Wake end = process.await(Deadline.in(bound), captured);
      if (end == Wake.INTERRUPTED) {
        Thread.currentThread().interrupt();
      }
      boolean isWhole = end == Wake.OVER && !captured.stdoutExcerpt().isCut();
      return isWhole ? captured.stdoutText() : "";
    } catch (IOException e) {
      throw notStarted(e);
    }
  }

  /// Runs `ssh` to its end, and has its questions answered. Blocks up to the bound and the answers;
  /// an interrupt ends it, and the flag is set again.
  ///
  /// @return empty if it did not end in time, or the thread is interrupted
  /// @throws TransportException if it cannot be started, or a question got no answer
  public Optional<Answer> runAsking(
      List<String> arguments, Stdin stdin, Duration bound, Askpass askpass) {
    Captured captured = new Captured(MAX_CAPTURED_BYTES);
    try (LocalProcess process = start(arguments, stdin, askpass.environment())) {
      long left = bound.toNanos();
      while (true) {
        long begin = System.nanoTime();
        switch (process.await(Deadline.in(QUESTION_POLL), captured)) {
          case OVER -> {
            return Optional.of(
                new Answer(process.status(), captured.stdoutText(), captured.stderrText()));
          }
          case INTERRUPTED -> {
            askpass.end(process);
            throw new InterruptedException();
          }
          case CANCELLED -> throw new IllegalStateException("no other thread knows this process");
          case TIME_UP -> {}
        }
        // The person's time is not the host's.
        left -= System.nanoTime() - begin;
        if (left < 0) {
          askpass.end(process);
          return Optional.empty();
        }
        askpass.answer(process, captured.stderrText());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (IOException e) {
      throw notStarted(e);
    }
  }

  private TransportException notStarted(IOException e) {
    return SshDiagnosis.of(
        Kind.CLIENT_MISSING,
        target,
        "ssh cannot be started: " + e.getMessage(),
        "Check that " + program + " is the OpenSSH client and that it runs: ssh -V");
  }
}
