package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.OutOfMemory;
import initrunner.exec.Limits;
import initrunner.launch.LauncherUnavailableException;
import initrunner.role.RoleLoader;
import initrunner.ssh.SshdExtension;
import initrunner.tool.ToolCall;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Bubblewrap itself, started by a role, on this machine and on a host over ssh.
class BubblewrapTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir static Path directory;

  private static final String LOCAL =
      """
      apiVersion: initrunner/v1
      kind: Agent
      metadata:
        name: contained
      spec:
        role: You work.
        tools: [{type: shell}]
        security:
          sandbox:
            backend: bwrap
            memory_limit: 64m
            cpu_limit: 0.5
            %s
      """;

  private static Sandbox local(Path directory, String more) throws Exception {
    return opened(directory, LOCAL.formatted(more));
  }

  private static Sandbox remote(String more) throws Exception {
    String text =
        LOCAL.formatted(more).replace("backend: bwrap", "backend: ssh")
            + """
                  ssh:
                    host: %s
                    config_file: %s
                    remote_cwd: ~/work
                    launcher: bwrap
            """
                .formatted(SshdExtension.HOST, sshd.configFile());
    return opened(directory, text);
  }

  private static Sandbox opened(Path directory, String role) throws Exception {
    Path file = Files.writeString(directory.resolve("role.yaml"), role);
    Sandbox made = Sandbox.of(RoleLoader.load(file), System.getenv());
    try {
      made.open();
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  /// The contract, and what bubblewrap promises besides. Each attempt is made without it as well,
  /// where it must succeed.
  abstract static class Contained extends LauncherContract {

    private Sandbox sandbox;

    abstract Sandbox make() throws Exception;

    abstract Sandbox uncontained() throws Exception;

    @BeforeAll
    void open() throws Exception {
      sandbox = make();
    }

    @AfterAll
    void close() {
      sandbox.close();
    }

    @Override
    protected Sandbox sandbox() {
      return sandbox;
    }

    @Override
    protected Sandbox another() throws Exception {
      return make();
    }

    private void failsOnlyInside(String attempt) throws Exception {
      assertThat(sh(attempt).ended()).as("inside: %s", attempt).isNotEqualTo(new Exited(0));
      try (Sandbox plain = uncontained()) {
        assertThat(new Attempt(plain).status(attempt)).as("outside: %s", attempt).isZero();
      }
    }

    @Test
    void theHomeDirectoryIsNotThere() throws Exception {
      Path secret = Files.writeString(sshd.home().resolve("secret"), "x");
      failsOnlyInside("cat " + secret);
      failsOnlyInside("ls " + System.getProperty("user.home"));
    }

    @Test
    void nothingOutsideCanBeWritten() throws Exception {
      Path file = directory.resolve("outside" + System.nanoTime());
      failsOnlyInside("touch " + file);
      failsOnlyInside("touch /usr/initrunner-test && rm /usr/initrunner-test");
    }

    @Test
    void theNetworkIsOutOfReach() throws Exception {
      try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
        failsOnlyInside(
            "bash -c 'exec 3<>/dev/tcp/127.0.0.1/" + server.getLocalPort() + "' 2>/dev/null");
      }
    }

    @Test
    void otherProcessesAreOutOfReach() throws Exception {
      failsOnlyInside("[ -e /proc/" + ProcessHandle.current().pid() + " ]");
    }

    @Test
    void whatUsesTooMuchMemoryIsEndedAndThatIsSaid() throws Exception {
      String hog = "python3 -c 'x = bytearray(200 * 1024 * 1024)'";
      assertThat(sh(hog).ended()).isEqualTo(new OutOfMemory(137));
      try (Sandbox plain = uncontained()) {
        assertThat(new Attempt(plain).status(hog)).isZero();
      }
      assertThat(sh("kill -KILL $$").ended()).isEqualTo(new Exited(137));
    }

    @Test
    void aForkBombIsHeldAndEndsWithItsTime() {
      String bomb = "while :; do sleep 100 & done 2>/dev/null";
      Ran ran = run(Command.of("sh", "-c", bomb), Limits.timeout(Duration.ofSeconds(4)));
      assertThat(ran.ended()).isNotEqualTo(new Exited(0));
      assertThat(sh("echo fine").stdout()).isEqualTo("fine\n");
    }

    @Test
    void nothingIsLeftInTheCgroups() throws Exception {
      assertThat(sh("true").ended()).isEqualTo(new Exited(0));
      try (Sandbox plain = uncontained()) {
        String find = "! find /sys/fs/cgroup -name 'initrunner-[0-9a-f]*' 2>/dev/null | grep -q .";
        assertThat(new Attempt(plain).status(find)).isZero();
      }
    }

    @Test
    void theTemporaryDirectoryIsItsOwn() {
      assertThat(sh("touch /tmp/x && ls -A /tmp").stdout()).isEqualTo("x\n");
    }
  }

  /// One script in another sandbox.
  private record Attempt(Sandbox sandbox) {

    int status(String script) {
      initrunner.exec.Captured captured = new initrunner.exec.Captured(1000);
      return initrunner.exec.ShellStatus.of(
          sandbox.run(Command.of("sh", "-c", script), "0", Limits.unbounded(), captured).ended());
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class OnThisMachine extends Contained {

    @Override
    Sandbox make() throws Exception {
      return local(directory, "");
    }

    @Override
    Sandbox uncontained() throws Exception {
      return opened(directory, LOCAL.formatted("").replace("backend: bwrap", "backend: none"));
    }

    @Override
    protected Path directory() {
      return directory;
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class OverSsh extends Contained {

    @Override
    Sandbox make() throws Exception {
      Files.createDirectories(directory());
      return remote("");
    }

    @Override
    Sandbox uncontained() throws Exception {
      String role = LOCAL.formatted("").replace("backend: bwrap", "backend: ssh");
      return opened(
          directory,
          role
              + "      ssh:\n        host: "
              + SshdExtension.HOST
              + "\n        config_file: "
              + sshd.configFile()
              + "\n");
    }

    @Override
    protected Path directory() {
      return sshd.home().resolve("work");
    }
  }

  @Test
  void pathsAndVariablesOfTheRoleAreThereAsItSays() throws Exception {
    Path readable = Files.createDirectories(directory.resolve("readable"));
    Path writable = directory.resolve("writable");
    Files.writeString(readable.resolve("file"), "to be read");
    String more =
        String.join(
            "\n      ",
            "allowed_read_paths: [" + readable + "]",
            "allowed_write_paths: [" + writable + "]",
            "bind_mounts: [{source: readable, target: /tmp/data}]",
            "env_passthrough: [LC_CTYPE]");
    try (Sandbox sandbox = local(directory, more)) {
      Attempt attempt = new Attempt(sandbox);
      assertThat(attempt.status("grep -q read " + readable + "/file /tmp/data/file")).isZero();
      assertThat(attempt.status("echo x >" + writable + "/made")).isZero();
      assertThat(attempt.status("echo x >" + readable + "/made")).isNotZero();
      assertThat(attempt.status("echo x >/tmp/data/made")).isNotZero();
      assertThat(attempt.status("[ -f /role/role.yaml ] && ! touch /role/x")).isZero();
      assertThat(attempt.status("[ -z \"$JAVA_HOME$SSH_AUTH_SOCK\" ] && [ -n \"$PATH\" ]"))
          .isZero();
    }
    assertThat(writable.resolve("made")).hasContent("x");
  }

  @Test
  void theHostsNetworkIsThereWhereTheRoleSaysSo() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Sandbox sandbox = local(directory, "network: host")) {
      String reach = "bash -c 'exec 3<>/dev/tcp/127.0.0.1/" + server.getLocalPort() + "'";
      assertThat(new Attempt(sandbox).status(reach)).isZero();
    }
  }

  @Test
  void whatCannotBeHadIsSaidBeforeAnythingIsStarted() {
    assertThatThrownBy(() -> local(directory, "network: bridge"))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("network: bridge");
    assertThatThrownBy(() -> local(directory, "allowed_read_paths: [/no/such, /nor/this]"))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("/no/such, /nor/this");
    assertThatThrownBy(() -> remote("allowed_read_paths: [data]"))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("'data' is relative");
  }

  @Test
  void theRecordSaysHowACallWasStartedAndAutoTakesBubblewrap() throws Exception {
    String text = LOCAL.formatted("").replace("backend: bwrap", "backend: auto");
    Path file = Files.writeString(directory.resolve("role.yaml"), text);
    try (Recorded recorded = new Recorded(Files.createTempDirectory(directory, "record"))) {
      try (RoleRuntime runtime =
          RoleRuntime.open(RoleLoader.load(file), Optional.of(recorded.store()), "run1")) {
        ToolCall call = new ToolCall("c1", "run_shell", Map.of("command", "pwd"));
        assertThat(runtime.call(call).text()).isEqualTo("STDOUT:\n/work");
      }
      assertThat(recorded.lines().getLast())
          .startsWith("sandbox.exec backend=auto argv0=pwd rc=0 duration_ms=N ended=exited")
          .contains(" launcher=bwrap ");
    }
  }

  @Test
  void withoutBubblewrapThatIsSaid() throws Exception {
    Path file = Files.writeString(directory.resolve("role.yaml"), LOCAL.formatted(""));
    try (Sandbox sandbox = Sandbox.of(RoleLoader.load(file), Map.of("PATH", "/no/such"))) {
      assertThatThrownBy(sandbox::open)
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessageContaining("bwrap is not on PATH");
    }
  }
}
