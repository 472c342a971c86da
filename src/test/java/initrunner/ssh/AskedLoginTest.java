package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.CallScope;
import initrunner.exec.transport.Transport;
import initrunner.ssh.client.AskedLogins;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.process.SshProcessTransport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Logins that ask a person, over a real sshd.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AskedLoginTest {

  private static final String PASSWORD = "s3cret wörd";
  private static final String HASH =
      "$6$initrunner$6Jx9rakkHHBgUx7ybLbsSv3PoG/XSKiYZ4TfkJLmxgQRyT3hLIYeGANGUfqNVuXsaxwm4CzIBCaRb1NsR3pAE1";

  @RegisterExtension
  static final SshdExtension sshd =
      new SshdExtension("MaxSessions 1", "MaxAuthTries 20")
          .as("irt-asked", "/bin/sh")
          .withPasswordHash(HASH);

  @TempDir private Path directory;

  private static SshTarget password() {
    return sshd.targetVia(sshd.port(), "PubkeyAuthentication no");
  }

  private static OpenSshTransport transport(SshTarget target, ScriptedPerson person) {
    return new OpenSshTransport(target, Optional.of(new AskedLogins(person)));
  }

  private static String stdout(Transport transport, String... argv) {
    Captured captured = new Captured(1000);
    try (CallScope call = transport.call()) {
      assertThat(transport.run(call, Command.of(argv), Limits.unbounded(), captured))
          .satisfies(outcome -> assertThat(outcome.ended()).isEqualTo(new Ended.Exited(0)));
    }
    return captured.stdoutText().strip();
  }

  private static void assertNothingIsLeft() throws Exception {
    assertThat(PrivateDirectories.of(ProcessHandle.current().pid())).isEmpty();
    sshd.awaitNoClients();
  }

  @Test
  void aPasswordIsAskedForOnceForAllCalls() throws Exception {
    ScriptedPerson person = new ScriptedPerson(PASSWORD);
    try (OpenSshTransport transport = transport(password(), person)) {
      FutureTask<String> beside = new FutureTask<>(() -> stdout(transport, "id", "-un"));
      Thread.ofVirtual().start(beside);

      assertThat(stdout(transport, "id", "-un")).isEqualTo("irt-asked");
      assertThat(beside.get()).isEqualTo("irt-asked");
      assertThat(person.texts()).singleElement().asString().endsWith("'s password:");
      assertThat(person.asked().getFirst().isYesOrNo()).isFalse();
    }
    assertNothingIsLeft();
  }

  @Test
  void theSecretIsInNoFileCommandLineOrEnvironment() throws Exception {
    try (OpenSshTransport transport = transport(password(), new ScriptedPerson(PASSWORD))) {
      assertThat(
              stdout(transport, "sh", "-c", "env; cat /proc/*/cmdline 2>/dev/null | tr '\\0' ' '"))
          .doesNotContain("s3cret", "SSH_ASKPASS");
      for (Path left : PrivateDirectories.of(ProcessHandle.current().pid())) {
        try (var files = Files.list(left)) {
          assertThat(files.map(file -> file.getFileName().toString()))
              .containsExactlyInAnyOrder("ask", "calls", "ctl.sock", "left", "left.in", "lock");
        }
        for (String name : List.of("ask", "calls", "left", "left.in")) {
          assertThat(left.resolve(name)).content().doesNotContain("s3cret");
        }
      }
    }
  }

  @Test
  void oneWhoDeclinesSendsNothingToTheHost() throws Exception {
    long before = sshd.logged("Failed password");
    try (OpenSshTransport transport = transport(password(), new ScriptedPerson().thenDeclining())) {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(transport::open)
          .withMessage("no answer was given to the question of the login to 'my-build-box'")
          .matches(e -> e.kind() == Kind.AUTHENTICATION);
    }
    assertNothingIsLeft();
    assertThat(sshd.logged("Failed password")).isEqualTo(before);
  }

  @Test
  void oneWhoDoesNotAnswerInTimeSendsNothingToTheHost() throws Exception {
    long before = sshd.logged("Failed password");
    AskedLogins logins = new AskedLogins(new ScriptedPerson(), Duration.ofMillis(50));
    try (OpenSshTransport transport = new OpenSshTransport(password(), Optional.of(logins))) {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(transport::open)
          .withMessageContaining("was not answered within");
    }
    assertNothingIsLeft();
    assertThat(sshd.logged("Failed password")).isEqualTo(before);
    assertThat(logins.take()).extracting(AskedLogins.Asked::answer).containsExactly("late");
  }

  @Test
  void anInterruptWithdrawsTheQuestion() throws Exception {
    long before = sshd.logged("Failed password");
    ScriptedPerson person = new ScriptedPerson();
    OpenSshTransport transport = transport(password(), person);
    FutureTask<Optional<TransportException>> opening =
        new FutureTask<>(() -> {
          try {
            transport.open();
            return Optional.empty();
          } catch (TransportException e) {
            return Optional.of(e);
          }
        });
    Thread.ofVirtual().start(opening);
    person.awaitLooking();
    transport.close();

    assertThat(opening.get()).isPresent();
    assertNothingIsLeft();
    assertThat(sshd.logged("Failed password")).isEqualTo(before);
  }

  @Test
  void aWrongAnswerIsTriedOnce() {
    long before = sshd.logged("Failed password");
    ScriptedPerson person = new ScriptedPerson("wrong", PASSWORD);
    try (OpenSshTransport transport = transport(password(), person)) {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(transport::open)
          .matches(e -> e.kind() == Kind.AUTHENTICATION)
          .matches(e -> e.remedy().contains("InitRunner asks once"));
      assertThat(person.asked()).hasSize(1);
      assertThat(sshd.logged("Failed password")).isEqualTo(before + 1);
    }
  }

  /// The server allows one session on a connection: one more would be one more login.
  @Test
  void noFurtherConnectionIsOpenedWhereItsLoginWouldAsk() {
    ScriptedPerson person = new ScriptedPerson(PASSWORD, PASSWORD);
    try (OpenSshTransport transport = transport(password(), person)) {
      transport.open();
      FutureTask<String> longer = new FutureTask<>(() -> stdout(transport, "sleep", "1000"));
      Thread.ofVirtual().start(longer);
      while (sshd.logged("Starting session: command") == 0 || sleepers() == 0) {
        Thread.onSpinWait();
      }
      try (CallScope call = transport.call()) {
        assertThatExceptionOfType(TransportException.class)
            .isThrownBy(() ->
                transport.run(
                    call,
                    Command.of("true"),
                    Limits.timeout(Duration.ofMillis(700)),
                    new Captured(10)))
            .withMessageContaining("no further connection was opened")
            .matches(e -> e.kind() == Kind.SESSION_LIMIT);
      }
      assertThat(person.asked()).hasSize(1);
    }
  }

  private static long sleepers() {
    return ProcessHandle.allProcesses()
        .filter(each -> each.info().commandLine().orElse("").endsWith("sleep 1000"))
        .count();
  }

  /// Ends the connection. The call that notices is lost, or finds out before it is sent.
  private static void lose(Transport transport) throws Exception {
    OwnMasters.process(OwnMasters.controlSocket()).destroyForcibly();
    sshd.awaitNoClients();
    try (CallScope call = transport.call()) {
      var _ = transport.run(call, Command.of("true"), Limits.unbounded(), new Captured(10));
    } catch (TransportException notSent) {
      assertThat(notSent.kind()).isEqualTo(Kind.AUTHENTICATION);
    }
  }

  @Test
  void afterALossThePersonIsAskedAgainAndToldWhy() throws Exception {
    ScriptedPerson person = new ScriptedPerson(PASSWORD, PASSWORD);
    try (OpenSshTransport transport = transport(password(), person)) {
      transport.open();
      lose(transport);

      assertThat(stdout(transport, "echo", "again")).isEqualTo("again");
      assertThat(person.asked())
          .extracting(asked -> asked.occasion().name())
          .containsExactly("FIRST", "AGAIN");
    }
  }

  @Test
  void aPersonWhoIsAwayIsNotAskedAgain() throws Exception {
    ScriptedPerson person = new ScriptedPerson(PASSWORD, PASSWORD);
    try (OpenSshTransport transport = transport(password(), person)) {
      transport.open();
      person.goAway();
      lose(transport);

      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> stdout(transport, "true"))
          .matches(e -> e.kind() == Kind.AUTHENTICATION);
      assertThat(person.asked()).hasSize(1);
    }
  }

  @Test
  void thePassphraseOfAKeyIsAskedFor() throws Exception {
    Path key = directory.resolve("key");
    assertThat(
            new ProcessBuilder(
                    "ssh-keygen", "-q", "-t", "ed25519", "-N", "of the key", "-f", "" + key)
                .start()
                .waitFor())
        .isZero();
    Files.writeString(
        sshd.directory().resolve("authorized_keys"),
        Files.readString(sshd.directory().resolve("user_key.pub"))
            + Files.readString(Path.of(key + ".pub")));
    SshTarget target =
        sshd.targetVia(sshd.port(), "IdentityFile " + key, "PreferredAuthentications publickey");
    Files.writeString(
        target.configFile().orElseThrow(),
        Files.readString(target.configFile().orElseThrow())
            .replace("  IdentityFile " + sshd.key() + "\n", ""));
    ScriptedPerson person = new ScriptedPerson("of the key");
    try (OpenSshTransport transport = transport(target, person)) {
      assertThat(stdout(transport, "echo", "in")).isEqualTo("in");
      assertThat(person.texts()).containsExactly("Enter passphrase for key '" + key + "':");
    }
  }

  @Test
  void aNewHostKeyIsShownAndKeptAfterAYes() throws Exception {
    Path known = directory.resolve("known_hosts");
    SshTarget target = newHost(known);
    ScriptedPerson person = new ScriptedPerson("yes");
    try (OpenSshTransport transport = transport(target, person)) {
      assertThat(stdout(transport, "echo", "in")).isEqualTo("in");
    }
    assertThat(person.asked()).singleElement().matches(asked -> asked.isYesOrNo());
    assertThat(person.texts().getFirst()).contains("key fingerprint is SHA256:", "(yes/no");
    assertThat(known).content().contains("ssh-ed25519");
  }

  @Test
  void aNoToANewHostKeySendsNothing() {
    Path known = directory.resolve("known_hosts");
    try (OpenSshTransport transport = transport(newHost(known), new ScriptedPerson("no"))) {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(transport::open)
          .matches(e -> e.kind() == Kind.HOST_KEY_UNKNOWN)
          .matches(e -> e.remedy().startsWith("Nothing was sent to the host"));
    }
    assertThat(known).doesNotExist();
  }

  private static SshTarget newHost(Path known) {
    return sshd.targetVia(sshd.port(), "StrictHostKeyChecking ask", "UserKnownHostsFile " + known);
  }

  @Test
  void theQuestionOfAJumpHostIsTold() throws Exception {
    SshTarget target = sshd.targetVia(sshd.port(), "PubkeyAuthentication no", "ProxyJump before");
    Path file = target.configFile().orElseThrow();
    String host = Files.readString(file);
    Files.writeString(
        file,
        host
            + "\n"
            + host.replace("Host my-build-box", "Host before").replaceAll(" +ProxyJump.*\n", ""));
    ScriptedPerson person = new ScriptedPerson(PASSWORD, PASSWORD);
    try (OpenSshTransport transport = transport(target, person)) {
      assertThat(stdout(transport, "echo", "in")).isEqualTo("in");
      assertThat(person.asked())
          .extracting(asked -> asked.jumpHosts())
          .containsExactly(List.of("before"), List.of());
    }
  }

  @Test
  void aTransportByProcessesAsksToo() {
    ScriptedPerson person = new ScriptedPerson(PASSWORD);
    try (SshProcessTransport transport =
        new SshProcessTransport(password(), Optional.of(new AskedLogins(person)))) {
      assertThat(stdout(transport, "echo", "in")).isEqualTo("in");
      assertThat(stdout(transport, "echo", "again")).isEqualTo("again");
    }
    assertThat(person.asked()).hasSize(1);
  }

  @Test
  void withoutAPersonNothingIsAsked() {
    try (OpenSshTransport transport = new OpenSshTransport(password())) {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(transport::open)
          .matches(e -> e.kind() == Kind.AUTHENTICATION)
          .matches(e -> e.remedy().contains("--ask or ssh.login: ask"));
    }
  }
}
