package initrunner.ssh.client;

import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.LocalProcess;
import initrunner.text.FileFailure;
import initrunner.text.OwnersFile;
import initrunner.text.PackagedText;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Answers what one login asks. `ssh` starts a script of ours for each question (`SSH_ASKPASS`): it
/// puts the question into the connection's private directory, and reads the answer from a pipe
/// there, so the answer is on no disk, in no command line and in no environment.
///
/// A question that gets no answer ends that `ssh`, which would send an empty one to the host. So
/// does one that is asked a second time: the answer was wrong, and accounts are locked after a few
/// wrong ones.
///
/// For one thread and one login.
public final class Askpass {

  private static final String SCRIPT = "ask";
  private static final String QUESTION = "ask.question.";
  private static final String NOTICE = "ask.notice.";
  private static final String ANSWER = "ask.answer.";
  private static final int MOST_BYTES = 16 * 1024;
  private static final long POLL_NANOS = 1_000_000;
  private static final Duration GONE_BOUND = Duration.ofSeconds(1);

  private final SshTarget target;
  private final List<String> way;
  private final Path directory;
  private final AskedLogins logins;
  private final LoginQuestion.Occasion occasion;
  private final Set<Written> asked = new HashSet<>();
  private Optional<Long> begin = Optional.empty();
  private String lastSaid = "";

  /// A question in its file.
  ///
  /// @param process of the `ssh` that asks: there is one for each jump host
  private record Written(String process, String text) {

    static Written of(String content) {
      int end = content.indexOf('\n');
      return new Written(
          content.substring(0, Math.max(0, end)), content.substring(end + 1).stripTrailing());
    }
  }

  /// Puts the script into the directory.
  ///
  /// @param directory of the connection alone, which only its owner may read
  /// @throws TransportException if that cannot be done
  public Askpass(SshTarget target, List<String> way, Path directory, AskedLogins logins) {
    this.target = target;
    this.way = List.copyOf(way);
    this.directory = directory;
    this.logins = logins;
    occasion = logins.hasAsked() ? LoginQuestion.Occasion.AGAIN : LoginQuestion.Occasion.FIRST;
    try {
      Path script = script();
      if (!Files.exists(script)) {
        write(script);
      }
    } catch (IOException e) {
      throw noScript(FileFailure.reason(e));
    }
    if (!Files.isExecutable(script())) {
      throw noScript("its file system runs no programs (noexec)");
    }
  }

  private Path script() {
    return directory.resolve(SCRIPT);
  }

  private static void write(Path script) throws IOException {
    try (OutputStream stream = OwnersFile.create(script)) {
      stream.write(PackagedText.read(Askpass.class, "askpass.sh").getBytes(StandardCharsets.UTF_8));
    }
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  private TransportException noScript(String why) {
    return SshDiagnosis.of(
        Kind.CLIENT_CONFIGURATION,
        target,
        "the login to '%s' cannot ask a person: no program can be run in %s: %s"
            .formatted(target.host(), directory, why),
        "Leave out --ask and ssh.login: ask, or let programs in that directory run.");
  }

  /// What `ssh` needs in its environment to ask us.
  Map<String, String> environment() {
    return Map.of(
        "SSH_ASKPASS",
        script().toString(),
        "SSH_ASKPASS_REQUIRE",
        "force",
        "INITRUNNER_ASKS",
        Long.toString(ProcessHandle.current().pid()));
  }

  /// Whether something was asked.
  public boolean hasAsked() {
    return !asked.isEmpty();
  }

  /// Answers the questions that are there. Blocks while the person is asked.
  ///
  /// @param ssh that asks, itself or by a process of its own for a jump host
  /// @param said by it so far
  /// @throws TransportException if there is no answer: that `ssh` has ended then
  /// @throws InterruptedException if the thread is interrupted: that `ssh` has ended then
  void answer(LocalProcess ssh, String said) throws InterruptedException {
    try {
      for (Path file : found()) {
        String name = file.getFileName().toString();
        Written written = Written.of(read(file));
        if (name.startsWith(NOTICE)) {
          logins.tell(question(ssh, said, written));
        } else {
          answer(ssh, directory.resolve(ANSWER + name.substring(QUESTION.length())), said, written);
        }
      }
    } catch (IOException e) {
      end(ssh);
      throw SshDiagnosis.of(
          Kind.LOCAL_LIMIT,
          target,
          "the question of the login to '%s' cannot be answered: %s"
              .formatted(target.host(), FileFailure.reason(e)),
          "See that /tmp can be written to and is not full.");
    }
  }

  private List<Path> found() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "ask.[qn]*.*")) {
      for (Path file : all) {
        String name = file.getFileName().toString();
        if (name.startsWith(QUESTION) || name.startsWith(NOTICE)) {
          files.add(file);
        }
      }
    }
    return files;
  }

  private static String read(Path file) throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      bytes = in.readNBytes(MOST_BYTES);
    }
    Files.delete(file);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private LoginQuestion question(LocalProcess ssh, String said, Written written) {
    String news = said.startsWith(lastSaid) ? said.substring(lastSaid.length()) : said;
    lastSaid = said;
    Duration patience = logins.patience().minusNanos(begin.map(Askpass::since).orElse(0L));
    boolean ofHost = written.process().equals(Long.toString(ssh.pid()));
    return new LoginQuestion(
        target.host(), ofHost ? List.of() : way, news, written.text(), patience, occasion);
  }

  private static long since(long nanos) {
    return System.nanoTime() - nanos;
  }

  private void answer(LocalProcess ssh, Path pipe, String said, Written written)
      throws IOException, InterruptedException {
    // What is no pipe would keep the answer on the disk.
    if (!Files.readAttributes(pipe, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException("no pipe leads to the ssh that asks");
    }
    // An open for writing alone would wait for a script that is killed.
    try (RandomAccessFile answer = new RandomAccessFile(pipe.toFile(), "rw")) {
      try {
        awaitReader(ssh, pipe);
        LoginQuestion question = question(ssh, said, written);
        begin = Optional.of(begin.orElseGet(System::nanoTime));
        if (!asked.add(written)) {
          throw wrong();
        }
        give(logins.ask(question), answer);
      } catch (RuntimeException | InterruptedException e) {
        // As long as the pipe is open, the script waits.
        end(ssh);
        throw e;
      }
    }
  }

  /// The script removes the pipe's name once it has opened it: what was written before would be
  /// lost when this closes the pipe.
  private static void awaitReader(LocalProcess ssh, Path pipe) throws InterruptedException {
    while (Files.exists(pipe, LinkOption.NOFOLLOW_LINKS) && ssh.isAlive()) {
      Thread.sleep(Duration.ofNanos(POLL_NANOS));
    }
  }

  private void give(LoginAnswer answer, RandomAccessFile pipe) throws IOException {
    switch (answer) {
      case LoginAnswer.Given given -> {
        try (given) {
          pipe.write("answer\n".getBytes(StandardCharsets.UTF_8));
          pipe.write(given.text());
          pipe.write('\n');
        }
      }
      case LoginAnswer.Declined() ->
          throw noAnswer(
              "no answer was given to the question of the login to '%s'", "Run it again.");
      case LoginAnswer.Late() ->
          throw noAnswer(
              "the question of the login to '%s' was not answered within "
                  + logins.patience().toSeconds()
                  + " s",
              "Run it again, and answer in that time: the host does not wait much longer.");
    }
  }

  private TransportException noAnswer(String message, String remedy) {
    return SshDiagnosis.of(Kind.AUTHENTICATION, target, message.formatted(target.host()), remedy);
  }

  private TransportException wrong() {
    return noAnswer(
        "the login to '%s' asks the same once more, so the answer was not right",
        "InitRunner asks once, as accounts are locked after a few wrong answers: run it again.");
  }

  /// Ends an `ssh` and all that it has started, itself first: a script that ends before it would be
  /// an empty answer. Blocks until it is gone.
  void end(LocalProcess ssh) {
    Optional<ProcessHandle> process = ProcessHandle.of(ssh.pid()).filter(_ -> ssh.isAlive());
    List<ProcessHandle> all =
        process.stream()
            .flatMap(each -> Stream.concat(Stream.of(each), each.descendants()))
            .toList();
    all.forEach(ProcessHandle::destroyForcibly);
    long until = System.nanoTime() + GONE_BOUND.toNanos();
    while (all.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < until) {
      LockSupport.parkNanos(POLL_NANOS);
    }
    removeLeft();
  }

  /// Removes what scripts that were killed have left.
  private void removeLeft() {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "ask.*.*")) {
      for (Path file : all) {
        Files.deleteIfExists(file);
      }
    } catch (IOException left) {
      System.getLogger(Askpass.class.getName())
          .log(System.Logger.Level.DEBUG, "removing what is left of a question", left);
    }
  }

  /// The failure of a login that has asked, for the person who has answered.
  ///
  /// @param failed as what `ssh` said tells it
  public TransportException explained(TransportException failed) {
    String remedy =
        switch (failed.kind()) {
          case AUTHENTICATION ->
              "The host did not take the answer, or wants something else besides; InitRunner asks once."
                  + " Run it again, or see what it wants: {ssh} -v {host}";
          case HOST_KEY_UNKNOWN ->
              "Nothing was sent to the host, as its key was not accepted. If its fingerprint is right,"
                  + " run it again and answer yes.";
          case LINK_DOWN ->
              "The host closed the connection during the login: it may have waited too long for the"
                  + " answer (LoginGraceTime). Run it again.";
          default -> "";
        };
    return remedy.isEmpty()
        ? failed
        : SshDiagnosis.of(failed.kind(), target, String.valueOf(failed.getMessage()), remedy);
  }
}
