package initrunner.runtime;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.LocalTransport;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Transport;
import initrunner.exec.TransportException;
import initrunner.launch.Launch;
import initrunner.launch.Launcher;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.PlainLauncher;
import initrunner.role.Role;
import initrunner.role.SshSettings;
import initrunner.ssh.OpenSshTransport;
import initrunner.ssh.SshProcessTransport;
import initrunner.ssh.SshTarget;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Where commands run and how they are started there. As safe for many threads as its transport.
///
/// @param variables what commands find in their environments
public record Sandbox(Place place, Transport transport, Launcher launcher, Variables variables)
    implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Sandbox.class.getName());

  private static final Limits CLEANUP_LIMITS = Limits.timeout(Duration.ofSeconds(30));
  private static final int CLEANUP_OUTPUT_BYTES = 4096;

  Sandbox(Place place, Transport transport, Launcher launcher) {
    this(place, transport, launcher, Variables.DEFAULT);
  }

  /// The sandbox that a role asks for. Connects nowhere.
  ///
  /// @param ownEnvironment of this process; commands on this machine get what may be given on of it
  /// @throws LauncherUnavailableException if there is none of that kind, or a secret that it is to
  ///   hand over is not set
  public static Sandbox of(Role role, Map<String, String> ownEnvironment) {
    Variables variables = Variables.of(role, ownEnvironment);
    Sandbox made = with(role, variables.filter().filter(ownEnvironment).kept());
    return new Sandbox(made.place(), made.transport(), made.launcher(), variables);
  }

  private static Sandbox with(Role role, Map<String, String> passedOn) {
    return switch (role.sandbox().backend()) {
      case NONE -> onThisMachine(role.file(), passedOn);
      case SSH ->
          overSsh(
              role.sandbox()
                  .ssh()
                  .orElseThrow(() -> new IllegalArgumentException("sandbox.ssh is unset")));
      case AUTO, BWRAP, DOCKER ->
          throw new LauncherUnavailableException(
              "Sandbox backend '"
                  + role.sandbox().backend().name().toLowerCase(Locale.ROOT)
                  + "' unavailable: not available in this version",
              "Use backend: ssh with a host you do not mind to run on, or backend: none for this"
                  + " machine without isolation.");
    };
  }

  private static Sandbox onThisMachine(Path roleFile, Map<String, String> passedOn) {
    String directory =
        Optional.ofNullable(roleFile.toAbsolutePath().getParent()).map(Path::toString).orElse("/");
    return new Sandbox(
        new Place("none", Optional.empty(), Optional.of(directory)),
        new LocalTransport(passedOn),
        new PlainLauncher());
  }

  private static Sandbox overSsh(SshSettings settings) {
    SshTarget target =
        new SshTarget(
            settings.host(),
            settings.identityFile(),
            settings.configFile(),
            settings.connectTimeout(),
            settings.controlPersist());
    return new Sandbox(
        new Place("ssh", Optional.of(settings.host()), settings.remoteCwd()),
        switch (settings.transport()) {
          case AUTO -> new OpenSshTransport(target);
          case PROCESS -> new SshProcessTransport(target);
        },
        new PlainLauncher());
  }

  /// Starts to connect where there is something to connect to, and returns at once. What goes wrong
  /// is told by the first call.
  public void begin() {
    transport.begin();
  }

  /// Runs one command to its end, and cleans up after it if it did not end by itself. Blocks as
  /// [Transport#run] does.
  ///
  /// @throws TransportException if nothing was started
  Outcome run(Command command, Limits limits, Sink sink) {
    Optional<String> directory = place.directoryOf(command.workingDirectory());
    Launch launch =
        launcher.launch(command.withWorkingDirectory(directory).withSecrets(variables.secrets()));
    boolean mayBeLeft = true;
    try {
      Outcome outcome = transport.run(launch.command(), limits, sink);
      mayBeLeft = !endedByItself(outcome.ended());
      return outcome;
    } catch (TransportException nothingStarted) {
      mayBeLeft = false;
      throw nothingStarted;
    } finally {
      if (mayBeLeft) {
        launch.cleanup().ifPresent(this::cleanUp);
      }
    }
  }

  private static boolean endedByItself(Ended ended) {
    return switch (ended) {
      case Ended.Exited _, Ended.Signaled _ -> true;
      case Ended.TimedOut _, Ended.Cancelled _, Ended.Lost _ -> false;
    };
  }

  /// A cancelled caller's interrupt would cancel the clean-up too, so it waits until that is done.
  private void cleanUp(Command cleanup) {
    boolean interrupted = Thread.interrupted();
    try {
      Outcome outcome = transport.run(cleanup, CLEANUP_LIMITS, new Captured(CLEANUP_OUTPUT_BYTES));
      if (!outcome.ended().equals(new Ended.Exited(0))) {
        LOG.log(
            Level.WARNING,
            "Cleaning up on {0} with {1} did not succeed: {2}",
            place.name(),
            cleanup.argv().getFirst(),
            outcome.ended());
      }
    } catch (TransportException notStarted) {
      LOG.log(
          Level.WARNING,
          "Nothing was cleaned up on {0}: {1}",
          place.name(),
          notStarted.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    transport.close();
  }
}
