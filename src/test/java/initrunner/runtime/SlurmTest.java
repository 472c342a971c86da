package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.transport.LocalTransport;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Owners;
import initrunner.launch.PlainLauncher;
import initrunner.launch.ResourceLimits;
import initrunner.launch.ResourceLimits.Policy;
import initrunner.launch.SlurmExtension;
import initrunner.launch.slurm.QueueNotice;
import initrunner.launch.slurm.SlurmLauncher;
import initrunner.launch.slurm.SlurmRequest;
import initrunner.role.RoleLoader;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SlurmSettings;
import initrunner.role.sandbox.SshSettings;
import initrunner.runtime.confine.SandboxHost;
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
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Jobs of a real Slurm cluster of two nodes, sent from this machine and from a host over ssh.
class SlurmTest {

  @RegisterExtension
  static final SlurmExtension slurm = new SlurmExtension(SlurmExtension.Limits.HELD);

  @RegisterExtension
  static final SshdExtension sshd = new SshdExtension("PermitUserEnvironment yes");

  @TempDir static Path directory;

  private static final Limits MINUTE = Limits.timeout(Duration.ofMinutes(1));

  private static final ResourceLimits LIMITS =
      new ResourceLimits(64L << 20, 1.0, 256, Optional.of(8L << 20), Policy.ENFORCE);

  private static Sandbox onThisMachine(SlurmRequest request) {
    Map<String, String> environment = new HashMap<>(slurm.environment());
    environment.put("PATH", System.getenv("PATH"));
    environment.put("OTHER", "not for jobs");
    Sandbox made =
        new Sandbox(
            new SandboxHost("slurm", Optional.empty(), Optional.of(directory.toString())),
            new LocalTransport(environment),
            probe -> SlurmLauncher.prepare(request, probe),
            Variables.DEFAULT);
    made.open();
    return made;
  }

  /// The contract, and a job's further promises.
  abstract static class Jobs extends LimitedContract {

    @Override
    protected Duration begins() {
      return Duration.ofSeconds(2);
    }

    @Test
    void fiveMegabytesOfInputArrive() {
      byte[] input = new byte[5_000_000];
      Command count = Command.of("wc", "-c");
      assertThat(run(count.withStdin(new Stdin.Bytes(input)), MINUTE).stdout().strip())
          .isEqualTo("5000000");
    }

    @Test
    void aJobGetsOfTheEnvironmentWhatIsMeantForIt() {
      String names = sh("env | cut -d= -f1").stdout();
      assertThat(names.lines().filter(name -> !name.startsWith("SLURM")))
          .contains("PATH")
          .isSubsetOf(
              List.of(
                  "PATH",
                  "HOME",
                  "USER",
                  "LOGNAME",
                  "SHELL",
                  "LANG",
                  "LC_ALL",
                  "LC_CTYPE",
                  "TZ",
                  "LD_LIBRARY_PATH",
                  "TMPDIR",
                  "PWD",
                  "OLDPWD",
                  "SHLVL",
                  "_",
                  "CUDA_VISIBLE_DEVICES",
                  "GPU_DEVICE_ORDINAL",
                  "ROCR_VISIBLE_DEVICES"));
    }

    @Test
    void aJobWhoseNodeFailsIsLostAndNoSuccess() throws Exception {
      try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<Ran> ran =
            callers.submit(() -> sh("echo $SLURMD_NODENAME >node.new; mv node.new node; sleep 8"));
        String node = contentOf(directory().resolve("node"));
        slurm.administer("scontrol", "update", "NodeName=" + node, "State=DOWN", "Reason=test");
        assertThat(ran.get().ended()).isInstanceOf(Ended.Lost.class);
        assertThat(ran.get().stderr()).contains("Node failure on " + node);
        slurm.administer("scontrol", "update", "NodeName=" + node, "State=IDLE");
      }
    }

    private static String contentOf(Path file) throws Exception {
      while (!Files.exists(file)) {
        Thread.sleep(20);
      }
      String content = Files.readString(file).strip();
      Files.delete(file);
      return content;
    }

    @Test
    void aQueueWaitIsToldAndCountedAndAJobThatWaitsIsCancelled() throws Exception {
      try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Ran>> busy = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          String file = "busy" + i;
          busy.add(
              callers.submit(
                  () -> sh("echo >" + file + "; while [ ! -e free ]; do sleep 0.1; done")));
        }
        for (int i = 0; i < 4; i++) {
          contentOf(directory().resolve("busy" + i));
        }
        Ran late = run(Command.of("touch", "ran"), Limits.timeout(Duration.ofSeconds(2)));
        assertThat(late.ended()).isEqualTo(new TimedOut(Stop.STOPPED));
        assertThat(late.stderr().lines().findFirst().flatMap(QueueNotice::of))
            .contains(QueueNotice.QUEUED);
        Future<Ran> waiting = callers.submit(() -> sh("echo ran; echo own >&2"));
        while (slurm.administer("squeue", "--noheader", "--states=PENDING").isBlank()) {
          Thread.sleep(50);
        }
        Files.createFile(directory().resolve("free"));
        Ran patient = waiting.get();
        assertThat(patient.ended()).isEqualTo(new Exited(0));
        assertThat(patient.stdout()).isEqualTo("ran\n");
        assertThat(patient.stderr()).endsWith("\nown\n");
        for (Future<Ran> each : busy) {
          assertThat(each.get().ended()).isEqualTo(new Exited(0));
        }
        assertThat(directory().resolve("ran")).doesNotExist();
      }
    }

    @Test
    void whoCancelsAJobGivesItTimeToEndInOrder() throws Exception {
      try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<Ran> ran =
            callers.submit(() ->
                sh(
                    "trap 'echo in order; exit 5' TERM; echo $SLURM_JOB_ID >job.new;"
                        + " mv job.new job; while :; do sleep 0.1; done"));
        slurm.administer("scancel", contentOf(directory().resolve("job")));
        assertThat(ran.get().ended()).isEqualTo(new Exited(5));
        assertThat(ran.get().stdout()).isEqualTo("in order\n");
      }
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class OnThisMachine extends Jobs {

    @Override
    protected Sandbox make() {
      return onThisMachine(SlurmRequest.of(LIMITS));
    }

    @Override
    protected Sandbox makeUncontained() {
      return new Sandbox(
          new SandboxHost("none", Optional.empty(), Optional.of(directory.toString())),
          new LocalTransport(System.getenv()),
          new PlainLauncher());
    }

    @Override
    protected Path directory() {
      return directory;
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class OverSsh extends Jobs {

    private static void login() throws Exception {
      Path keys = sshd.directory().resolve("authorized_keys");
      String login = "environment=\"SLURM_CONF=" + slurm.environment().get("SLURM_CONF") + "\" ";
      if (!Files.readString(keys).startsWith(login)) {
        Files.writeString(keys, login + Files.readString(keys));
      }
    }

    private Sandbox make(String launcher) throws Exception {
      login();
      String role =
          """
          apiVersion: initrunner/v1
          kind: Agent
          metadata:
            name: cluster
          spec:
            role: You work.
            tools: [{type: shell}]
            security:
              sandbox:
                backend: ssh
                memory_limit: 64m
                cpu_limit: 0.5
                file_size_limit: 8m
                ssh:
                  host: %s
                  config_file: %s
                  remote_cwd: ~/work
                  launcher: %s
                  slurm: {partition: main, time: "5"}
          """
              .formatted(SshdExtension.HOST, sshd.configFile(), launcher);
      Path file = Files.writeString(directory.resolve("role.yaml"), role);
      Sandbox made = Sandbox.of(RoleLoader.load(file), System.getenv());
      made.open();
      return made;
    }

    @Override
    protected Sandbox make() throws Exception {
      return make("slurm");
    }

    @Override
    protected Sandbox makeUncontained() throws Exception {
      return make("none");
    }

    @Override
    protected Path directory() {
      return sshd.home().resolve("work");
    }
  }

  private static SlurmRequest on(String partition, ResourceLimits limits) {
    return new SlurmRequest(
        Optional.of(partition),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        limits);
  }

  @Test
  void whatTheClusterDoesNotHaveIsSaidBeforeAnythingIsStarted() {
    assertThatThrownBy(() -> onThisMachine(on("nope", LIMITS)))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("invalid partition specified: nope");
    ResourceLimits huge = new ResourceLimits(1L << 40, 1.0, 256, Policy.ENFORCE);
    assertThatThrownBy(() -> onThisMachine(on("main", huge)))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("takes no such job");
  }

  @Test
  void theDoctorTriesAJobAsTheRoleWouldSendIt() {
    try (Sandbox sandbox = onThisMachine(SlurmRequest.of(LIMITS))) {
      assertThat(LauncherExamination.of(sandbox::ask, Doctor.Slurm.EXAMINED).getLast())
          .isEqualTo(
              Finding.ok("slurm", "takes such jobs, and holds them to their limits")
                  .isolating("batch job"));
      SlurmSettings elsewhere =
          new SlurmSettings(
              Optional.of("nope"),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              List.of());
      SshSettings ssh =
          new SshSettings(
              "login",
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Duration.ofSeconds(10),
              "60s",
              SshSettings.Transport.AUTO,
              true,
              SshSettings.Launcher.SLURM,
              elsewhere,
              Optional.empty(),
              SshSettings.Login.BATCH);
      assertThat(
              LauncherExamination.of(sandbox::ask, Doctor.Slurm.EXAMINED, SandboxSettings.over(ssh))
                  .getLast())
          .satisfies(finding -> {
            assertThat(finding.verdict()).isEqualTo(Finding.Verdict.MISSING);
            assertThat(finding.detail()).contains("invalid partition specified: nope");
          });
    }
  }

  @Test
  void aPartitionThatIsGoneLaterStartsNothing() {
    slurm.administer("scontrol", "create", "PartitionName=brief", "Nodes=ALL");
    try (Sandbox sandbox = onThisMachine(on("brief", LIMITS))) {
      slurm.administer("scontrol", "delete", "PartitionName=brief");
      assertThatThrownBy(() ->
              sandbox.run(Command.of("true"), "0a", MINUTE, new initrunner.exec.Captured(1000)))
          .isInstanceOf(LauncherUnavailableException.class);
    }
  }

  /// A killed process cleans up nothing: the next one does, and leaves other processes' jobs alone.
  @Test
  void jobsThatOutlivedTheirOwnerAreEndedByTheNext() throws Exception {
    String gone = "initrunner-aa." + Owners.gone();
    List<String> others =
        List.of(
            "initrunner-bb." + Owners.text(ProcessHandle.current().pid()),
            "initrunner-cc.of.another.machine.0.0",
            "somebody-elses." + Owners.gone());
    leave(gone);
    others.forEach(SlurmTest::leave);
    try {
      onThisMachine(SlurmRequest.of(LIMITS)).close();
      assertThat(slurm.administer("squeue", "--noheader", "--format=%j").lines())
          .containsAll(others)
          .doesNotContain(gone);
    } finally {
      others.forEach(name -> slurm.administer("scancel", "--name=" + name));
    }
  }

  private static void leave(String name) {
    slurm.administer(
        "sbatch", "--job-name=" + name, "--output=/dev/null", "--mem=30M", "--wrap=sleep 1000");
  }

  @Test
  void aCommandOfMoreNodesRunsOnceAndHasThemAll() {
    SlurmRequest two =
        new SlurmRequest(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(2),
            List.of(),
            Optional.empty(),
            LIMITS);
    try (Sandbox sandbox = onThisMachine(two)) {
      initrunner.exec.Captured captured = new initrunner.exec.Captured(1000);
      Command command = Command.of("sh", "-c", "echo $SLURM_JOB_NUM_NODES; exit 3");
      assertThat(sandbox.run(command, "0b", MINUTE, captured).ended()).isEqualTo(new Exited(3));
      assertThat(captured.stdoutText()).isEqualTo("2\n");
    }
  }

  @Test
  void withoutSlurmThatIsSaid() {
    Sandbox sandbox =
        new Sandbox(
            new SandboxHost("slurm", Optional.empty(), Optional.empty()),
            new LocalTransport(Map.of("PATH", "/bin-that-is-not-there:" + System.getenv("PATH"))),
            probe ->
                SlurmLauncher.prepare(
                    SlurmRequest.of(LIMITS),
                    (command, bound) ->
                        probe.ask(
                            command.withEnvironment(Map.of("SLURM_CONF", "/dev/null")), bound)),
            Variables.DEFAULT);
    assertThatThrownBy(sandbox::open)
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("no controller of the cluster answers");
  }
}
