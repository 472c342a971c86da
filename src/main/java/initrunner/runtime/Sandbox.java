package initrunner.runtime;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.SecretEnvironment;
import initrunner.exec.Sink;
import initrunner.exec.TransportException;
import initrunner.exec.transport.CallScope;
import initrunner.exec.transport.PortTransport;
import initrunner.exec.transport.ShellStatus;
import initrunner.exec.transport.Transport;
import initrunner.launch.Launch;
import initrunner.launch.Launcher;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.PlainLauncher;
import initrunner.launch.Probe;
import initrunner.role.Role;
import initrunner.runtime.confine.MovedPaths;
import initrunner.runtime.confine.OwnFiles;
import initrunner.runtime.confine.SandboxHost;
import initrunner.runtime.confine.WritableDirectories;
import initrunner.runtime.mounts.StagedMounts;
import initrunner.ssh.client.AskedLogins;
import initrunner.text.SafeText;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/// The sandbox of a role: the host on which commands run, and the launcher that starts them.
///
/// Safe for any number of threads. The launcher is prepared once for all callers; an interrupt or a
/// deadline ends only its own caller's wait for it.
public final class Sandbox implements AutoCloseable {

  private static final Duration DIRECTORY_PATIENCE = Duration.ofSeconds(10);
  private static final int MAX_ANSWER_BYTES = 16 * 1024;
  private static final int MOST_SHOWN = 100;

  private final SandboxHost place;
  private final Transport transport;
  private final Function<Probe, Prepared> preparation;
  private final Variables variables;

  /// Files of this machine that commands must not reach.
  private final Optional<OwnFiles> ownFiles;

  /// Copies of files of this machine, which the preparation brings to the host.
  private final Optional<StagedMounts> mounts;

  /// By which a login may ask a person.
  private final Optional<AskedLogins> logins;

  private final Preparation<Prepared> prepared;
  private volatile Optional<String> preparing = Optional.empty();

  private record Prepared(Launcher launcher, Optional<MovedPaths> moved) {}

  /// @param preparation makes the launcher, and asks the host for what that needs
  public Sandbox(
      SandboxHost place,
      Transport transport,
      Function<Probe, Launcher> preparation,
      Variables variables) {
    this(
        place,
        transport,
        variables,
        probe -> {
          Launcher launcher = preparation.apply(probe);
          return new Prepared(launcher, MovedPaths.of(place, launcher, probe));
        },
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private Sandbox(
      SandboxHost place,
      Transport transport,
      Variables variables,
      Function<Probe, Prepared> preparation,
      Optional<OwnFiles> ownFiles,
      Optional<StagedMounts> mounts,
      Optional<AskedLogins> logins) {
    this.place = place;
    this.transport = transport;
    this.variables = variables;
    this.ownFiles = ownFiles;
    this.mounts = mounts;
    this.logins = logins;
    this.preparation = preparation;
    this.prepared = new Preparation<>(place.name(), this::prepare);
  }

  public Sandbox(SandboxHost place, Transport transport, Launcher launcher) {
    this(place, transport, _ -> launcher, Variables.DEFAULT);
  }

  /// The sandbox that a role asks for. It connects nowhere.
  ///
  /// @param ownEnvironment of this process; commands on this machine get the part of it that may be
  ///   passed on
  /// @throws LauncherUnavailableException if the kind of sandbox is unavailable, or a secret for it
  ///   is not set
  public static Sandbox of(Role role, Map<String, String> ownEnvironment) {
    return of(role, ownEnvironment, ownEnvironment, Optional.empty());
  }

  /// As [#of(Role, Map)], with other secrets than those of this process's environment.
  ///
  /// @param secrets where the values of the role's `secret_env` are looked up; no other variable of
  ///   it reaches a command
  public static Sandbox of(
      Role role, Map<String, String> ownEnvironment, Map<String, String> secrets) {
    return of(role, ownEnvironment, secrets, Optional.empty());
  }

  /// As [#of(Role, Map, Map)], with a person who may be asked during the login to a host.
  public static Sandbox of(
      Role role,
      Map<String, String> ownEnvironment,
      Map<String, String> secrets,
      Optional<AskedLogins> logins) {
    return RoleSandbox.of(role, ownEnvironment, secrets, RoleSandbox.Login.asking(logins));
  }

  /// The same over the same connection, with other secrets.
  Sandbox with(SecretEnvironment secrets) {
    return new Sandbox(
        place, transport, variables.with(secrets), _ -> prepared(), ownFiles, mounts, logins);
  }

  /// The same, which also keeps its commands from these files of this machine.
  Sandbox keeping(OwnFiles files) {
    return new Sandbox(
        place, transport, variables, preparation, Optional.of(files), mounts, logins);
  }

  /// The same, whose preparation brings these to the host.
  Sandbox staging(StagedMounts copies) {
    return new Sandbox(
        place, transport, variables, preparation, ownFiles, Optional.of(copies), logins);
  }

  /// The same, whose login asks by these.
  Sandbox asking(Optional<AskedLogins> asked) {
    return new Sandbox(place, transport, variables, preparation, ownFiles, mounts, asked);
  }

  /// Whether its login may ask a person.
  boolean asksAtLogin() {
    return logins.isPresent();
  }

  /// What its logins have asked a person since the last call of this.
  List<AskedLogins.Asked> asked() {
    return logins.stream().flatMap(each -> each.take().stream()).toList();
  }

  /// The same for InitRunner's own scripts: nothing contains them, and nothing is prepared.
  Sandbox beside() {
    Prepared plain = new Prepared(new PlainLauncher(), Optional.empty());
    return new Sandbox(place, transport, variables, _ -> plain, ownFiles, mounts, logins);
  }

  /// A job's command as the launcher starts it. Blocks until the launcher is prepared.
  ///
  /// @throws TransportException if the host cannot be asked
  /// @throws LauncherUnavailableException if the launcher cannot start it
  Launch launched(Command job, String jobId) {
    Command placed = job.withWorkingDirectory(place.directoryOf(job.workingDirectory()));
    return forCall(prepared.await(Optional.empty()), job.workingDirectory())
        .lasting()
        .launch(placed.withSecrets(variables.secrets()), jobId);
  }

  /// What its preparation brings to the host.
  Optional<StagedMounts> mounts() {
    return mounts;
  }

  public SandboxHost place() {
    return place;
  }

  public Transport transport() {
    return transport;
  }

  /// The connections from the host to ports; empty where there are none.
  Optional<PortTransport> ports() {
    return transport instanceof PortTransport found ? Optional.of(found) : Optional.empty();
  }

  /// The variables that commands get.
  public Variables variables() {
    return variables;
  }

  /// Starts to connect, where there is a connection to make, and returns as soon as only the host's
  /// answer is missing. The first call reports a failure.
  public void begin() {
    transport.begin();
  }

  /// Connects, and proves that commands have a directory to start in and can be started as the role
  /// wants. Blocks; another call only checks the directory while the first success holds.
  ///
  /// @throws TransportException if there is no connection, or no such directory
  /// @throws LauncherUnavailableException if commands cannot be started
  public void open() {
    long begin = System.nanoTime();
    transport.open();
    long connected = System.nanoTime();
    requireDirectory();
    String launcher = prepared().launcher().name();
    log()
        .log(
            Level.DEBUG,
            "Commands run on {0}, reached in {1} ms, started as: {2}",
            place.name(),
            (connected - begin) / 1_000_000,
            launcher);
  }

  /// Checks that the start directory on another machine exists. Blocks.
  ///
  /// @throws TransportException if it does not
  public void requireDirectory() {
    Optional<String> directory = place.host().flatMap(_ -> place.directory());
    if (directory.isEmpty()) {
      return;
    }
    Probe.Answer answer;
    try {
      answer = ask(Command.of("true"), DIRECTORY_PATIENCE);
    } catch (TransportException e) {
      throw e.kind() == TransportException.Kind.COMMAND_INVALID ? noDirectory(e.getMessage()) : e;
    }
    // Behind a forced command, a shell that cannot change to it exits with one of these.
    if (answer.status() == 1 || answer.status() == 2) {
      String why =
          answer.stderr().lines().findFirst().map(line -> ": " + SafeText.said(line)).orElse("");
      throw noDirectory(
          "commands cannot start in '" + directory.get() + "' on " + place.name() + why);
    }
  }

  private TransportException noDirectory(String message) {
    return new TransportException(
        TransportException.Kind.COMMAND_INVALID,
        place.name(),
        message,
        "Create that directory there, or name another (in a role:"
            + " spec.security.sandbox.ssh.remote_cwd)");
  }

  /// Whether it starts commands as they are. Blocks until the launcher is prepared.
  ///
  /// @throws TransportException if the host cannot be asked
  /// @throws LauncherUnavailableException if the launcher cannot start any
  boolean isPlain() {
    return prepared().launcher().name().equals("none");
  }

  /// The launcher's name, once it is prepared.
  Optional<String> launcherName() {
    return prepared.known().map(done -> done.launcher().name());
  }

  private Prepared prepared() {
    return prepared.await(Optional.empty());
  }

  /// What is done at the moment so that commands can start, for a person.
  Optional<String> preparing() {
    return preparing;
  }

  private Preparation.Result<Prepared> prepare() {
    preparing =
        Optional.of(
            mounts
                .map(_ -> "bringing the role's mounts to " + place.name())
                .orElse("preparing the sandbox on " + place.name()));
    try {
      return preparedNow();
    } finally {
      preparing = Optional.empty();
    }
  }

  /// A program and its arguments; a script would tell a person nothing.
  private void asks(Command command) {
    String words = String.join(" ", command.argv());
    boolean isScript = words.contains("\n") || words.length() > MOST_SHOWN;
    preparing =
        Optional.of("preparing the sandbox on " + place.name() + (isScript ? "" : ": " + words));
  }

  /// A question that was stopped before its answer tells nothing about the host, so its result
  /// holds for the callers that wait now, and no longer.
  private Preparation.Result<Prepared> preparedNow() {
    AtomicBoolean unanswered = new AtomicBoolean();
    Prepared made =
        preparation.apply((command, bound) -> {
          asks(command);
          Question question = question(command, bound);
          switch (question.ended()) {
            case Ended.TimedOut _, Ended.Lost _ -> unanswered.set(true);
            case Ended.Cancelled _ ->
                throw new LauncherUnavailableException(
                    "the sandbox on " + place.name() + " is closed", "Open another.");
            case Ended.Exited _, Ended.Signaled _, Ended.OutOfMemory _ -> {}
          }
          return question.answer();
        });
    return new Preparation.Result<>(made, !unanswered.get());
  }

  /// Asks the host: a plain command, outside of the sandbox, with nothing of a role's.
  public Probe.Answer ask(Command command, Duration bound) {
    return question(command, bound).answer();
  }

  private record Question(Ended ended, Probe.Answer answer) {}

  private Question question(Command command, Duration bound) {
    Captured captured = new Captured(MAX_ANSWER_BYTES);
    Optional<String> directory = place.directoryOf(command.workingDirectory());
    Outcome outcome =
        transport.run(command.withWorkingDirectory(directory), Limits.timeout(bound), captured);
    int status = ShellStatus.of(outcome.ended());
    return new Question(
        outcome.ended(), new Probe.Answer(status, captured.stdoutText(), captured.stderrText()));
  }

  /// Checks that a contained command cannot write to the audit log from its start directory.
  ///
  /// @throws LauncherUnavailableException if it could
  void requireOutOfReach(Path record, Command command) {
    ownFiles.ifPresent(files -> {
      Path start = WritableDirectories.real(startHere(command.workingDirectory()).normalize());
      files.requireOutOfReach(record, new WritableDirectories(List.of(start)));
    });
  }

  /// The start directory on this machine.
  private Path startHere(Optional<String> ownDirectory) {
    Path home = Path.of(System.getProperty("user.home"));
    return MovedPaths.absolute(home, place.directoryOf(ownDirectory));
  }

  /// The launcher for one call, after a check of what the call would get.
  private Launcher forCall(Prepared ready, Optional<String> ownDirectory) {
    ready.moved().ifPresent(paths -> paths.requireUnmoved(ownDirectory));
    Launcher launcher = ready.launcher();
    if (ownFiles.isEmpty() || launcher.mounts().isEmpty()) {
      return launcher;
    }
    return launcher.covering(
        ownFiles.get().covers(startHere(ownDirectory), launcher.mounts().get()));
  }

  /// Runs one command to its end, and cleans up if it did not end by itself. Blocks as
  /// [Transport#run] does.
  ///
  /// @param callId unique among all calls: hexadecimal digits
  /// @throws TransportException if nothing was started
  /// @throws LauncherUnavailableException if nothing was started
  public Outcome run(Command command, String callId, Limits limits, Sink sink) {
    long begin = System.nanoTime();
    Optional<String> directory = place.directoryOf(command.workingDirectory());
    Command placed = command.withWorkingDirectory(directory).withSecrets(variables.secrets());
    Launcher launcher = forCall(prepared.await(limits.timeout()), command.workingDirectory());
    Launch launch = launcher.launch(placed, callId);
    Limits rest = limits.after(Duration.ofNanos(System.nanoTime() - begin));
    try (CallScope call = transport.call()) {
      return new LaunchedCommand(place.name(), call, launch).run(rest, sink);
    }
  }

  /// Stops the running commands and closes the connection. Never throws.
  @Override
  public void close() {
    transport.close();
  }

  private static System.Logger log() {
    return System.getLogger(Sandbox.class.getName());
  }
}
