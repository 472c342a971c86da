package initrunner.ssh.master;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.Uninterrupted;
import initrunner.ssh.client.AskedConfiguration;
import initrunner.ssh.client.AskedLogins;
import initrunner.ssh.client.Askpass;
import initrunner.ssh.client.KeepAliveGuess;
import initrunner.ssh.client.ProxyDiagnosis;
import initrunner.ssh.client.SshClient;
import initrunner.ssh.client.SshConfiguration;
import initrunner.ssh.client.SshDiagnosis;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.mux.MasterControl;
import initrunner.ssh.shell.LoginShell;
import initrunner.text.FileFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Makes one [Master]: [#begin] does what is done on this machine alone, while the login waits for
/// the network on a thread of its own, and [#finish] waits for that.
///
/// For one thread and one use. An interrupt of that thread ends the attempt; what a failed one has
/// made is gone when a method throws.
final class MasterStart {

  /// The shortest pause before the next login at a server that has closed one.
  private static final Duration MIN_PAUSE = Duration.ofMillis(250);

  private static final int MOST_TIMES_AGAIN = 5;

  private final SshClient client;
  private final PrivateDirectory directory;
  private final Path controlPath;
  private final AskedConfiguration asked;
  private final MasterWatch watch;
  private final Optional<AskedLogins> logins;
  private boolean hasAsked;
  private final FutureTask<Master> login = new FutureTask<>(this::logInOrTryAgain);
  private final Thread thread =
      Thread.ofPlatform().daemon().name("initrunner-ssh-connect").unstarted(login);

  private MasterStart(SshClient client, Optional<AskedLogins> logins) {
    this.client = client;
    this.logins = logins;
    directory = directory(client.target());
    controlPath = Master.controlPath(directory);
    asked = new AskedConfiguration(client, controlPath);
    watch = new MasterWatch(client, controlPath);
  }

  /// Begins to log in. Blocks while `ssh` is asked for the configuration.
  ///
  /// @param searchPath where `ssh` is looked for, a list like `PATH`
  /// @param logins by which a person may be asked; empty where none may be
  /// @throws TransportException if it cannot be done
  static MasterStart begin(SshTarget target, String searchPath, Optional<AskedLogins> logins) {
    MasterStart start = new MasterStart(new SshClient(target, searchPath), logins);
    try {
      // A login that asks is not begun with what may turn out to be wrong: another would ask again.
      if (logins.isPresent() || start.asked.isKnown() || !KeepAliveGuess.isNone(target)) {
        start.asked.ask();
      }
      start.watch.beginAtOnce();
      start.thread.start();
      MasterControl.prepare();
      start.asked.ask();
      start.watch.begin();
      return start;
    } catch (RuntimeException | Error e) {
      start.giveUp();
      throw e;
    }
  }

  /// The master. Blocks while it is made.
  ///
  /// @throws TransportException if it cannot be made, or the thread is interrupted meanwhile (the
  ///   flag stays set)
  Master finish() {
    try {
      return login.get();
    } catch (InterruptedException e) {
      giveUp();
      Thread.currentThread().interrupt();
      throw SshDiagnosis.interrupted(client.target());
    } catch (ExecutionException e) {
      giveUp();
      throw Uninterrupted.unchecked(e);
    }
  }

  private void giveUp() {
    Uninterrupted.end(thread);
    if (login.state() == FutureTask.State.SUCCESS) {
      login.resultNow().end();
    }
    watch.close();
    directory.close();
  }

  /// A server that closes the connection of a login, as one does that has too many of them at once
  /// (`MaxStartups`), is asked once more, and behind a jump host more often: others log in there at
  /// the same time. No command was sent.
  private Master logInOrTryAgain() {
    TransportException closed;
    try {
      return asked.isAnswered() ? logIn(asked.await(), watch) : logInMeanwhile();
    } catch (TransportException e) {
      closed = e;
    }
    for (int again = 0; mayTryAgain(closed, again); again++) {
      long least = MIN_PAUSE.toNanos() << again;
      LoginAttempts.pause(client.target(), least, 3 * least);
      try {
        return logInAgain();
      } catch (TransportException e) {
        closed = e;
      }
    }
    throw closed;
  }

  private boolean mayTryAgain(TransportException failure, int again) {
    return !hasAsked
        && SshDiagnosis.isClosedByServer(failure)
        && (again == 0 || (again < MOST_TIMES_AGAIN && isBehindJumpHost()));
  }

  private boolean isBehindJumpHost() {
    return !asked.await().configuration().destination().jumpHosts().isEmpty();
  }

  private Master logInAgain() {
    SshConfiguration.Read read = asked.await();
    return logIn(read, new MasterWatch(read.client(), controlPath));
  }

  /// Logs in as if no keep-alive was configured, and sees afterwards whether that is so, and
  /// whether the client knows our options.
  private Master logInMeanwhile() {
    Optional<Master> made = Optional.empty();
    Optional<TransportException> failed = Optional.empty();
    try {
      made = Optional.of(logIn(new SshConfiguration.Read(client, SshConfiguration.EMPTY), watch));
    } catch (TransportException e) {
      failed = Optional.of(e);
    }
    boolean kept = false;
    try {
      SshConfiguration.Read read = asked.await();
      boolean isAssumed = read.client() == client;
      if (isAssumed && failed.isPresent()) {
        throw ProxyDiagnosis.of(failed.get(), read);
      }
      kept = isAssumed && !read.configuration().hasKeepAlive();
      if (kept) {
        return made.orElseThrow().with(read.configuration());
      }
    } finally {
      if (!kept) {
        made.ifPresent(Master::end);
      }
    }
    return logInAgain();
  }

  private Master logIn(SshConfiguration.Read read, MasterWatch over) {
    SshClient ssh = read.client();
    SshConfiguration configuration = read.configuration();
    try {
      LoginShell shell = loginShell(ssh, configuration);
      over.begin();
      over.learn(shell);
      return new Master(ssh, configuration, shell, Master.process(controlPath), over, directory);
    } catch (RuntimeException | Error e) {
      // A master may be there even so, where the host runs no command.
      var _ = Master.exit(controlPath);
      over.close();
      throw e;
    }
  }

  private LoginShell loginShell(SshClient ssh, SshConfiguration configuration) {
    Optional<Askpass> askpass =
        logins.map(asks ->
            new Askpass(
                ssh.target(), configuration.destination().jumpHosts(), directory.path(), asks));
    try {
      MasterLogin attempt = new MasterLogin(ssh, configuration, controlPath, askpass);
      return ssh.target().ahead() == SshTarget.Ahead.NOTHING
          ? attempt.runWithoutProbe()
          : attempt.run();
    } finally {
      hasAsked |= askpass.filter(Askpass::hasAsked).isPresent();
    }
  }

  private static PrivateDirectory directory(SshTarget target) {
    PrivateDirectory made;
    try {
      made = PrivateDirectory.create();
    } catch (IOException e) {
      throw SshDiagnosis.of(
          Kind.CLIENT_CONFIGURATION,
          target,
          "no private directory for the connection to '%s': %s"
              .formatted(target.host(), FileFailure.reason(e)),
          FileFailure.remedy(
              e,
              "See that /tmp can be written to and is not full, or set TMPDIR to a directory with a path"
                  + " of at most 45 bytes, and that this process may open more files (ulimit -n)."));
    }
    try {
      made.abandoned().forEach(MasterStart::sweep);
      return made;
    } catch (RuntimeException | Error e) {
      made.close();
      throw e;
    }
  }

  /// Ends the masters that a killed process left behind, then removes its directory. Calls that it
  /// left need more time than this login has.
  private static void sweep(PrivateDirectory left) {
    if (RunningCalls.areLeftIn(left.path())) {
      Thread.ofPlatform().daemon().name("initrunner-ssh-sweep").start(() -> sweepNow(left));
    } else {
      sweepNow(left);
    }
  }

  private static void sweepNow(PrivateDirectory left) {
    try (left) {
      for (Path socket : left.sockets()) {
        if (RunningCalls.areLeftIn(left.path())) {
          MasterWatch.endCalls(left.path());
        }
        var _ = Master.exit(socket);
      }
    }
  }
}
