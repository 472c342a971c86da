package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.transport.LocalTransport;
import initrunner.launch.Containment;
import initrunner.launch.Cover;
import initrunner.launch.Launch;
import initrunner.launch.Launcher;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Mount;
import initrunner.launch.NetworkAccess;
import initrunner.launch.Owners;
import initrunner.launch.PlainLauncher;
import initrunner.launch.ResourceLimits;
import initrunner.launch.bwrap.BubblewrapLauncher;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.runtime.confine.ContainedEnvironment;
import initrunner.runtime.confine.SandboxHost;
import initrunner.runtime.confine.WritableDirectories;
import initrunner.ssh.SshdExtension;
import initrunner.tool.ToolCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
            process_limit: 40
            file_size_limit: 8m
            %s
      """;

  @BeforeAll
  static void directoryOnTheHost() throws Exception {
    Files.createDirectories(sshd.home().resolve("work"));
  }

  private static Sandbox local(Path directory, String more) throws Exception {
    return opened(directory, LOCAL.formatted(more));
  }

  private static String remoteRole(String more) {
    return LOCAL.formatted(more).replace("backend: bwrap", "backend: ssh")
        + """
              ssh:
                host: %s
                config_file: %s
                remote_cwd: ~/work
                launcher: bwrap
        """
            .formatted(SshdExtension.HOST, sshd.configFile());
  }

  private static Sandbox remote(String more) throws Exception {
    return opened(directory, remoteRole(more));
  }

  private static Sandbox opened(Path directory, String role) throws Exception {
    return openedAt(Files.writeString(directory.resolve("role.yaml"), role), Map.of());
  }

  private static Sandbox openedAt(Path role, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.putAll(more);
    Sandbox made = Sandbox.of(RoleLoader.load(role), environment);
    try {
      made.open();
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  /// The contract, and bubblewrap's further promises.
  abstract static class Contained extends ContainedContract {

    @Override
    protected Duration begins() {
      return Duration.ofSeconds(1);
    }

    @Override
    protected Sandbox opened(String role) throws Exception {
      return BubblewrapTest.opened(directory, role);
    }

    @Override
    protected Path outside() throws Exception {
      return Files.createTempDirectory("outside");
    }

    @Override
    protected Map<String, String> environment() {
      return Map.of();
    }

    @Override
    protected List<String> left() throws Exception {
      Process find =
          new ProcessBuilder("find", "/sys/fs/cgroup", "-name", "initrunner-[0-9a-f]*").start();
      return find.inputReader().lines().filter(group -> !isOfAnother(group)).toList();
    }

    /// Whether the group's owner, which the last five parts of its name say, is another process
    /// that runs, or one of another namespace: another fork of this build, or another build.
    private static boolean isOfAnother(String group) {
      List<String> parts = List.of(group.split("\\.", -1));
      if (parts.size() < 6) {
        return false;
      }
      List<String> owner = parts.subList(parts.size() - 5, parts.size());
      long self = ProcessHandle.current().pid();
      List<String> here = List.of(Owners.text(self).split("\\.", -1)).subList(0, 3);
      long pid = Long.parseLong(owner.get(3));
      return !owner.subList(0, 3).equals(here)
          || (pid != self && ProcessHandle.of(pid).isPresent());
    }

    @Test
    void aFileThatIsNoProgramIs126() {
      assertThat(sh("echo x >plain").ended()).isEqualTo(new Exited(0));
      assertThat(run(Command.of("/work/plain"), Limits.unbounded()).ended())
          .isEqualTo(new Exited(126));
    }

    @Test
    void nothingIsLeftInTheCgroups() throws Exception {
      assertThat(sh("true").ended()).isEqualTo(new Exited(0));
      assertNothingIsLeft();
    }
  }

  /// One script in another sandbox.
  private record Attempt(Sandbox sandbox) {

    int status(String script) {
      initrunner.exec.Captured captured = new initrunner.exec.Captured(1000);
      return initrunner.exec.transport.ShellStatus.of(
          sandbox.run(Command.of("sh", "-c", script), "0", Limits.unbounded(), captured).ended());
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class OnThisMachine extends Contained implements ChangingFilesContract, PlantedProgramsContract {

    @Test
    void aMountThatACallOfAnEarlierStartMadeALinkIsNotMounted() throws Exception {
      Path link = directory.resolve("out");
      Files.createSymbolicLink(link, outside());
      String mounts = "bind_mounts: [{source: out, target: /out, read_only: false}]";
      try {
        assertThatThrownBy(() -> opened(role(mounts)))
            .isInstanceOf(LauncherUnavailableException.class)
            .hasMessageContaining(link.toString())
            .hasMessageContaining("symbolic link");
      } finally {
        Files.delete(link);
      }
    }

    @Override
    public String uncontainedRole() {
      return role("").replace("backend: bwrap", "backend: none");
    }

    @Override
    public Sandbox openedAt(Path role, Map<String, String> environment) {
      return BubblewrapTest.openedAt(role, environment);
    }

    @Override
    public String role(String more) {
      return LOCAL.formatted(more);
    }

    @Override
    protected Sandbox makeUncontained() throws Exception {
      return opened(uncontainedRole());
    }

    @Override
    protected Path workDirectoryOf(Path role) {
      return role.resolveSibling("");
    }

    @Override
    protected boolean goesOnWithoutItsInitrunner() {
      return true;
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
    protected String role(String more) {
      return remoteRole(more);
    }

    @Override
    protected Sandbox makeUncontained() throws Exception {
      return opened(role("").replace("launcher: bwrap", "launcher: none"));
    }

    @Override
    protected Path workDirectoryOf(Path role) {
      return directory();
    }

    @Override
    protected boolean goesOnWithoutItsInitrunner() {
      return false;
    }

    @Override
    protected Path directory() {
      return sshd.home().resolve("work");
    }
  }

  @Test
  void pathsAndVariablesOfTheRoleAreThereAsItSays() throws Exception {
    Path readable = Files.createDirectories(directory.resolve("readable"));
    Files.writeString(readable.resolve("file"), "to be read");
    String more =
        String.join(
            "\n      ",
            "bind_mounts: [{source: readable, target: /tmp/data}]",
            "env_passthrough: [LC_CTYPE]");
    try (Sandbox sandbox = local(directory, more)) {
      Attempt attempt = new Attempt(sandbox);
      assertThat(attempt.status("grep -q read /tmp/data/file")).isZero();
      assertThat(attempt.status("[ -f /role/role.yaml ] && ! touch /role/x")).isZero();
      assertThat(attempt.status("[ -z \"$JAVA_HOME$SSH_AUTH_SOCK\" ] && [ -n \"$PATH\" ]"))
          .isZero();
    }
  }

  @Test
  void aFileThatIsThereMayBeWrittenAndADirectoryThatIsNotIsMade() throws Exception {
    Path file = Files.writeString(directory.resolve("log.txt"), "first\n");
    Path made = directory.resolve("to be/made");
    String paths = "allowed_write_paths: ['%s', '%s']".formatted(file, made);
    try (Sandbox sandbox = local(directory, paths)) {
      String script = "echo second >>'%s' && echo x >'%s/new'".formatted(file, made);
      assertThat(new Attempt(sandbox).status(script)).isZero();
    }
    assertThat(file).hasContent("first\nsecond");
    assertThat(made.resolve("new")).hasContent("x");
  }

  @Test
  void aMountThatCannotBeMadeIsNamed() {
    assertThatThrownBy(() -> local(directory, "bind_mounts: [{source: ., target: /usr/no-such}]"))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("not with the mounts of the role: bwrap: ")
        .hasMessageContaining("/usr/no-such");
  }

  @Test
  void whatCannotBeHadIsSaidBeforeAnythingIsStarted() {
    assertThatThrownBy(() -> local(directory, "allowed_read_paths: [/no/such, /nor/this]"))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("/no/such, /nor/this");
    assertThatThrownBy(() -> remote("allowed_read_paths: [/no/such]"))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("/no/such");
  }

  @Test
  void theLeastThatARoleMayNameIsEnoughForAShell() throws Exception {
    String least =
        LOCAL
            .formatted("")
            .replace("memory_limit: 64m", "memory_limit: 6m")
            .replace("process_limit: 40", "process_limit: 8");
    try (Sandbox sandbox = opened(directory, least)) {
      Command command = Command.of("sh", "-c", "echo x | cat | cat");
      Captured captured = new Captured(1000);
      assertThat(sandbox.run(command, "1ea57", Limits.unbounded(), captured).ended())
          .isEqualTo(new Exited(0));
      assertThat(captured.stdoutText()).isEqualTo("x\n");
    }
  }

  /// The file vanishes between the check and the start.
  @Test
  void aCallFromWhichSomethingCannotBeKeptIsNotStarted() throws Exception {
    Path start = Files.createTempDirectory("start");
    SandboxHost place = new SandboxHost("bwrap", Optional.empty(), Optional.of(start.toString()));
    Mount gone = new Mount("/no/such", "/work/role.yaml", Mount.Access.READ_ONLY);
    for (Cover cover : List.of(new Cover.Itself(gone), new Cover.EmptyFile("/usr/no-such/.env"))) {
      Launcher launcher = bare().covering(List.of(cover));
      try (Sandbox sandbox = new Sandbox(place, new LocalTransport(System.getenv()), launcher)) {
        assertThatThrownBy(() -> new Attempt(sandbox).status("touch made"))
            .isInstanceOf(LauncherUnavailableException.class)
            .hasMessageContaining("could not be started on this machine (status 1): bwrap: ");
      }
    }
    assertThat(start).isEmptyDirectory();
  }

  private static Launcher bare() {
    ResourceLimits limits =
        new ResourceLimits(64L << 20, 1.0, 40, ResourceLimits.Policy.BEST_EFFORT);
    try (Sandbox plain = plain()) {
      return BubblewrapLauncher.prepare(
          new Containment(NetworkAccess.NONE, List.of(), limits), plain::ask);
    }
  }

  private static Sandbox plain() {
    return new Sandbox(
        new SandboxHost("none", Optional.empty(), Optional.of("/")),
        new LocalTransport(System.getenv()),
        new PlainLauncher());
  }

  @Test
  void theRecordSaysHowACallWasStartedAndAutoTakesBubblewrap() throws Exception {
    String text = LOCAL.formatted("").replace("backend: bwrap", "backend: auto");
    Path file = Files.writeString(directory.resolve("role.yaml"), text);
    try (Recorded recorded = new Recorded(Files.createTempDirectory("record"))) {
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
  void aRecordThatCommandsCouldWriteIsRefused() throws Exception {
    Path project = Files.createTempDirectory("project");
    Path role = Files.writeString(project.resolve("role.yaml"), LOCAL.formatted(""));
    try (Recorded inside = new Recorded(project);
        Recorded outside = new Recorded(Files.createTempDirectory("record"))) {
      assertThatThrownBy(() ->
              RoleRuntime.open(RoleLoader.load(role), Optional.of(inside.store()), "run1").close())
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessageContaining("the audit database " + project + "/audit.db lies where commands");
      try (RoleRuntime runtime =
          RoleRuntime.open(RoleLoader.load(role), Optional.of(outside.store()), "run1")) {
        Path record = outside.store().database();
        for (Path start : List.of(record.resolveSibling(""), linkTo(record.resolveSibling("")))) {
          Command erase =
              Command.of("rm", "audit.db").withWorkingDirectory(Optional.of(start.toString()));
          assertThatThrownBy(() ->
                  runtime.exec(erase, Limits.timeout(Duration.ofMinutes(1)), new Captured(1000)))
              .isInstanceOf(LauncherUnavailableException.class)
              .hasMessage(
                  "the audit database " + record + " lies where commands could write to it");
        }
        assertThat(record).exists();
      }
      Files.writeString(role, LOCAL.formatted("").replace("backend: bwrap", "backend: none"));
      RoleRuntime.open(RoleLoader.load(role), Optional.of(inside.store()), "run1").close();
    }
  }

  private static Path linkTo(Path directory) throws Exception {
    return Files.createSymbolicLink(Files.createTempDirectory("links").resolve("link"), directory);
  }

  @Test
  void autoStartsCommandsJustAsBubblewrapDoes() throws Exception {
    Path file = directory.resolve("role.yaml");
    List<Launch> launches = new ArrayList<>();
    List<ContainedEnvironment> environments = new ArrayList<>();
    for (String backend : List.of("bwrap", "auto")) {
      Files.writeString(
          file,
          LOCAL
              .formatted("env_passthrough: [LC_CTYPE]")
              .replace("backend: bwrap", "backend: " + backend));
      Role role = RoleLoader.load(file);
      environments.add(
          ContainedEnvironment.of(role.sandbox(), System.getenv(), WritableDirectories.of(role)));
      try (Sandbox plain = plain()) {
        launches.add(
            RoleSandbox.launcher(role, environments.getLast())
                .apply(plain::ask)
                .launch(Command.of("make", "-j 4"), "0a1b"));
      }
    }
    assertThat(launches.getLast()).isEqualTo(launches.getFirst());
    assertThat(launches.getLast().command().argv()).contains("bwrap");
    assertThat(environments.getLast()).isEqualTo(environments.getFirst());
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
