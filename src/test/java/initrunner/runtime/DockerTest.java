package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.Stop;
import initrunner.launch.DockerExtension;
import initrunner.launch.Launch;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Owners;
import initrunner.launch.Probe;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.runtime.confine.ContainedEnvironment;
import initrunner.runtime.confine.OwnFilesContract;
import initrunner.runtime.confine.WritableDirectories;
import initrunner.runtime.doctor.Doctor;
import initrunner.runtime.doctor.Finding;
import initrunner.runtime.doctor.LauncherExamination;
import initrunner.ssh.SshdExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Containers of a real engine, started by a role, on this machine and on a host over ssh.
class DockerTest {

  @Order(1)
  @RegisterExtension
  static final DockerExtension docker = new DockerExtension();

  @Order(2)
  @RegisterExtension
  static final SshdExtension sshd =
      new SshdExtension().withEnvironment("DOCKER_HOST=" + docker.host());

  @TempDir static Path directory;

  private static String local(String more) {
    return """
    apiVersion: initrunner/v1
    kind: Agent
    metadata:
      name: contained
    spec:
      role: You work.
      tools: [{type: shell}]
      security:
        sandbox:
          backend: docker
          memory_limit: 64m
          cpu_limit: 0.5
          process_limit: 40
          file_size_limit: 8m
          docker: {image: %s}
          %s
    """
        .formatted(DockerExtension.IMAGE, more);
  }

  private static String remote(String more) {
    return local(more).replace("backend: docker", "backend: ssh")
        + """
              ssh:
                host: %s
                config_file: %s
                remote_cwd: ~/work
                launcher: docker
        """
            .formatted(SshdExtension.HOST, sshd.configFile());
  }

  private static Sandbox opened(String role) throws Exception {
    return opened(role, Map.of("DOCKER_HOST", docker.host()));
  }

  private static Sandbox opened(String role, Map<String, String> more) throws Exception {
    return openedAt(Files.writeString(directory.resolve("role.yaml"), role), more);
  }

  private static Sandbox openedAt(Path role, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.putAll(more);
    Sandbox made = Sandbox.of(RoleLoader.load(role), environment);
    made.open();
    return made;
  }

  /// One script in a sandbox.
  private static Ended end(Sandbox sandbox, String script) {
    return end(sandbox, script, Limits.unbounded());
  }

  private static Ended end(Sandbox sandbox, String script, Limits limits) {
    String callId = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Command command = Command.of("sh", "-c", script);
    return sandbox.run(command, callId, limits, new Captured(1000)).ended();
  }

  @AfterEach
  void noContainerIsLeft() throws Exception {
    assertThat(docker.containers()).isEmpty();
  }

  /// The contract, and a container's further promises.
  abstract static class Contained extends ContainedContract {

    @Override
    protected Duration begins() {
      return Duration.ofSeconds(3);
    }

    @Override
    protected Sandbox opened(String role) throws Exception {
      return DockerTest.opened(role);
    }

    @Override
    protected Path outside() throws Exception {
      return Files.createTempDirectory("outside");
    }

    @Override
    protected Map<String, String> environment() {
      return Map.of("DOCKER_HOST", docker.host());
    }

    @Override
    protected List<String> left() throws Exception {
      return docker.containers();
    }

    @Test
    void theRootIsReadOnly() {
      assertThat(sh("touch /bin/x").stderr()).contains("Read-only file system");
    }

    @Test
    void whatIsWrittenBelongsToTheAccount() throws Exception {
      assertThat(sh("echo x >owned").ended()).isEqualTo(new Exited(0));
      assertThat(Files.getOwner(directory().resolve("owned")))
          .isEqualTo(Files.getOwner(directory()));
    }

    /// The engine continues without its client: the container must end all the same.
    @Test
    void aKilledClientIsNotTakenForAnEnd() throws Exception {
      String mark = "beat" + System.nanoTime();
      Thread killer = Thread.startVirtualThread(() -> killClientOnce(directory().resolve(mark)));
      Ran ran =
          run(
              Command.of("sh", "-c", "while :; do echo x >>" + mark + "; sleep 0.1; done"),
              Limits.timeout(Duration.ofSeconds(30)));
      killer.join();
      assertThat(ran.ended()).isInstanceOf(Ended.Lost.class);
      assertThat(docker.containers()).isEmpty();
    }

    /// If the engine still has the status when it is asked, that is the command's end.
    @Test
    void aContainerThatIsTakenAwayIsLostOrKilledAndNotUnstarted() throws Exception {
      Path running = directory().resolve("running" + System.nanoTime());
      Thread remover =
          Thread.startVirtualThread(() -> {
            while (!Files.exists(running)) {
              LockSupport.parkNanos(1_000_000);
            }
            removeAll();
          });
      Ran ran = sh("touch " + running.getFileName() + "; sleep 60");
      remover.join();
      assertThat(ran.ended())
          .satisfiesAnyOf(
              ended -> assertThat(ended).isInstanceOf(Ended.Lost.class),
              ended -> assertThat(ended).isEqualTo(new Ended.Exited(137)));
    }

    private static void removeAll() {
      try {
        for (String name : docker.containers()) {
          docker.docker("rm", "--force", name);
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    private static void killClientOnce(Path running) {
      while (!Files.exists(running)) {
        LockSupport.parkNanos(1_000_000);
      }
      ProcessHandle.allProcesses()
          .filter(process -> isClientIn(process, running.getFileName().toString()))
          .forEach(ProcessHandle::destroyForcibly);
    }

    private static boolean isClientIn(ProcessHandle process, String mark) {
      List<String> words = List.of(process.info().arguments().orElse(new String[0]));
      return process.info().command().orElse("").endsWith("/docker")
          && words.stream().anyMatch(word -> word.contains(mark));
    }

    @Test
    void theLimitsAreThoseOfTheRole() {
      String read =
          "cd /sys/fs/cgroup; cat memory.max memory/memory.limit_in_bytes 2>/dev/null;"
              + " cat pids.max pids/pids.max 2>/dev/null; ulimit -f";
      assertThat(sh(read).stdout()).isEqualTo("67108864\n40\n16384\n");
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class OnThisMachine extends Contained implements OwnFilesContract, PlantedProgramsContract {

    @Override
    public String uncontainedRole() {
      return role("").replace("backend: docker", "backend: none");
    }

    @Override
    public Sandbox openedAt(Path role, Map<String, String> environment) {
      Map<String, String> all = new HashMap<>(environment);
      all.put("DOCKER_HOST", docker.host());
      return DockerTest.openedAt(role, all);
    }

    @Override
    public String role(String more) {
      return local(more);
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
      return remote(more);
    }

    @Override
    protected Sandbox makeUncontained() throws Exception {
      return opened(role("").replace("launcher: docker", "launcher: none"));
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
  void anEngineThatDoesNotRunIsSaidToBeSo() {
    assertThatThrownBy(() -> opened(local(""), Map.of("DOCKER_HOST", "unix:///no/such.sock")))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("the Docker daemon is not running");
  }

  @Test
  void aClientThatCommandsCouldSteerByItsFilesIsNotTaken() {
    for (Map<String, String> steered :
        List.of(
            Map.of("DOCKER_CONFIG", directory + "/client"),
            Map.of("DOCKER_HOST", "unix://" + directory + "/docker.sock"),
            Map.of("HOME", directory.toString()))) {
      assertThatThrownBy(() -> opened(local(""), steered))
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessageContaining(steered.keySet().iterator().next() + " leads to " + directory);
    }
  }

  @Test
  void whereThereIsNoBubblewrapAutoStartsCommandsJustAsDockerDoes() throws Exception {
    Path file = directory.resolve("auto.yaml");
    List<Launch> launches = new ArrayList<>();
    try (Sandbox plain = opened(local("").replace("backend: docker", "backend: none"))) {
      Probe withoutBubblewrap =
          (command, bound) ->
              command.argv().getFirst().equals("bwrap")
                  ? new Probe.Answer(127, "", "")
                  : plain.ask(command, bound);
      for (String backend : List.of("docker", "auto")) {
        Files.writeString(file, local("").replace("backend: docker", "backend: " + backend));
        Role role = RoleLoader.load(file);
        launches.add(
            RoleSandbox.launcher(role, environmentOf(role))
                .apply(withoutBubblewrap)
                .launch(Command.of("make", "-j 4"), "0a1b"));
      }
    }
    assertThat(launches.getLast()).isEqualTo(launches.getFirst());
    assertThat(launches.getLast().command().argv()).contains("initrunner-docker");
  }

  private static ContainedEnvironment environmentOf(Role role) {
    return ContainedEnvironment.of(role.sandbox(), System.getenv(), WritableDirectories.of(role));
  }

  @Test
  void theDoctorLooksForTheImageOfTheRole() throws Exception {
    SandboxSettings other = SandboxSettings.DEFAULT;
    try (Sandbox sandbox = opened(local("").replace("backend: docker", "backend: none"))) {
      assertThat(LauncherExamination.of(sandbox::ask, Doctor.Slurm.LEFT_OUT).get(2))
          .isEqualTo(Finding.ok("docker", "docker answers").isolating("container"));
      Finding found = LauncherExamination.of(sandbox::ask, Doctor.Slurm.LEFT_OUT, other).get(2);
      assertThat(found.verdict()).isEqualTo(Finding.Verdict.NOTE);
      assertThat(found.detail()).contains("the image python:3.12-slim is not there");
      assertThat(found.remedy()).contains("docker pull python:3.12-slim");
    }
  }

  @Test
  void theLeastThatARoleMayNameIsEnoughForAShell() throws Exception {
    String least =
        local("")
            .replace("memory_limit: 64m", "memory_limit: 6m")
            .replace("process_limit: 40", "process_limit: 8");
    try (Sandbox sandbox = opened(least)) {
      assertThat(end(sandbox, "echo x | cat | cat >least && test -s least"))
          .isEqualTo(new Exited(0));
    }
  }

  @Test
  void anEntrypointThatPrintsIsInNobodysWay() throws Exception {
    String image = docker.imageWith("entrypoint", "ENTRYPOINT [\"/bin/echo\", \"first\"]");
    Captured captured = new Captured(1000);
    try (Sandbox sandbox = opened(local("").replace(DockerExtension.IMAGE, image))) {
      sandbox.run(Command.of("make"), "0a1b", Limits.unbounded(), captured);
    }
    assertThat(captured.stdoutText()).isEqualTo("first make\n");
  }

  @Test
  void theVolumesOfAnImageGoWithItsContainers() throws Exception {
    String image = docker.imageWith("volume", "VOLUME /data");
    String role = local("").replace(DockerExtension.IMAGE, image);
    try (Sandbox sandbox = opened(role)) {
      assertThat(end(sandbox, "echo x >/data/x && touch /data/mine")).isEqualTo(new Exited(0));
      assertThat(end(sandbox, "sleep 60", Limits.timeout(Duration.ofSeconds(3))))
          .isEqualTo(new Ended.TimedOut(Stop.STOPPED));
      leave("initrunner-aa", image, Owners.gone());
      opened(role).close();
    }
    assertThat(docker.docker("volume", "ls", "--quiet")).isEmpty();
  }

  @Test
  void withoutAnEngineThatIsSaid() throws Exception {
    Path programs = Files.createTempDirectory("programs");
    Files.createSymbolicLink(programs.resolve("sh"), Path.of("/bin/sh"));
    assertThatThrownBy(() -> opened(local(""), Map.of("PATH", programs.toString())))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("neither docker nor podman is on PATH");
  }

  @Test
  void whatIsNotThereIsSaidBeforeAnythingIsStarted() {
    assertThatThrownBy(() -> opened(local("allowed_read_paths: [/no/such, /nor/this]")))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("/no/such, /nor/this");
    assertThatThrownBy(
            () -> opened(local("").replace(DockerExtension.IMAGE, "127.0.0.1:1/no/such:2")))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("'127.0.0.1:1/no/such:2' is not there, and its registry is out of");
    assertThatThrownBy(
            () -> opened(local("").replace("image: bb:1", "image: bb:1, runtime: runsc")))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("runtime 'runsc' is not registered");
  }

  /// A killed process cleans up nothing: the next one does, and leaves other processes' containers
  /// alone.
  @Test
  void containersThatOutlivedTheirOwnerAreEndedByTheNext() throws Exception {
    Files.createDirectories(sshd.home().resolve("work"));
    leave("initrunner-aa", DockerExtension.IMAGE, Owners.gone());
    leave("initrunner-ab", DockerExtension.IMAGE, Owners.gone());
    leave("initrunner-bb", DockerExtension.IMAGE, Owners.text(ProcessHandle.current().pid()));
    leave("initrunner-cc", DockerExtension.IMAGE, "of.another.machine.0.0");
    try (Sandbox next = opened(remote(""))) {
      assertThat(docker.containers()).containsExactlyInAnyOrder("initrunner-bb", "initrunner-cc");
      assertThat(end(next, "true")).isEqualTo(new Exited(0));
    } finally {
      docker.docker("rm", "--force", "initrunner-bb", "initrunner-cc");
    }
  }

  private static void leave(String name, String image, String owner) throws Exception {
    docker.docker(
        "run",
        "--detach",
        "--init",
        "--network=none",
        "--name=" + name,
        "--label=initrunner.managed=true",
        "--label=initrunner.owner=" + owner,
        image,
        "sleep",
        "1000");
  }
}
