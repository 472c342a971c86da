package initrunner.launch.bwrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.SecretEnvironment;
import initrunner.exec.Stdin;
import initrunner.exec.transport.LocalTransport;
import initrunner.exec.transport.ShellStatus;
import initrunner.launch.Containment;
import initrunner.launch.Cover;
import initrunner.launch.Launch;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.LimitMeans;
import initrunner.launch.Mount;
import initrunner.launch.NetworkAccess;
import initrunner.launch.Opening;
import initrunner.launch.Owner;
import initrunner.launch.Probe;
import initrunner.launch.Probe.Answer;
import initrunner.launch.ResourceLimits;
import initrunner.launch.ResourceLimits.Policy;
import initrunner.launch.Trailer;
import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Filter;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class BubblewrapLauncherTest {

  private static final List<String> BEGINNING =
      List.of(
          "bwrap",
          "--unshare-user",
          "--unshare-pid",
          "--unshare-uts",
          "--unshare-ipc",
          "--unshare-cgroup",
          "--cap-drop",
          "ALL",
          "--die-with-parent",
          "--new-session");

  private static final List<String> SYSTEM =
      List.of(
          "--unsetenv SSH_AUTH_SOCK --unsetenv SSH_CONNECTION --unsetenv SSH_CLIENT --unsetenv SSH_TTY",
          "--unsetenv XDG_RUNTIME_DIR --unsetenv DBUS_SESSION_BUS_ADDRESS --unsetenv DOCKER_HOST",
          "--ro-bind-try /usr /usr --ro-bind-try /bin /bin --ro-bind-try /sbin /sbin",
          "--ro-bind-try /lib /lib --ro-bind-try /lib64 /lib64",
          "--ro-bind-try /etc/resolv.conf /etc/resolv.conf",
          "--ro-bind-try /etc/ssl/certs /etc/ssl/certs",
          "--ro-bind-try /etc/alternatives /etc/alternatives",
          "--tmpfs /tmp --proc /proc --dev /dev --ro-bind-try /proc/sys /proc/sys",
          "--ro-bind-try /proc/sysrq-trigger /proc/sysrq-trigger --ro-bind-try /proc/fs /proc/fs",
          "--ro-bind-try /proc/acpi /proc/acpi --ro-bind-try /proc/scsi /proc/scsi --bind . /work");

  private static final ResourceLimits LIMITS =
      new ResourceLimits(256L << 20, 1.5, 256, Policy.ENFORCE);

  private static List<String> argv(Containment containment, LimitMeans means) {
    return new BubblewrapLauncher(containment, means, Optional.empty(), Hardening.NONE)
        .launch(Command.of("make", "-j 4"), "0a1b")
        .command()
        .argv();
  }

  private static List<String> expected(List<String> before, String... after) {
    List<String> words = new ArrayList<>(before);
    SYSTEM.forEach(line -> words.addAll(List.of(line.split(" ", -1))));
    words.addAll(List.of(after));
    words.addAll(List.of("--chdir", "/work", "--", "/bin/sh", "-c"));
    words.add("printf '@initrunner-begin\\n' >&2; exec \"$0\" \"$@\"");
    words.addAll(List.of("make", "-j 4"));
    return words;
  }

  @Test
  void theWholeCommandLineWithoutANetwork() {
    List<String> before = new ArrayList<>(BEGINNING);
    before.add("--unshare-net");
    assertThat(argv(new Containment(NetworkAccess.NONE, List.of(), LIMITS), LimitMeans.NONE))
        .isEqualTo(expected(before));
  }

  @Test
  void aCommandWithATerminalKeepsItsSessionAndIsAJobOfAShell() {
    Stdin.Terminal terminal =
        new Stdin.Terminal("vt100", InputStream.nullInputStream(), new Stdin.Terminal.Size(80, 24));
    Containment containment = new Containment(NetworkAccess.HOST, List.of(), LIMITS);
    Launch launch =
        new BubblewrapLauncher(containment, LimitMeans.NONE, Optional.empty(), Hardening.NONE)
            .launch(Command.of("top").withStdin(terminal), "0a1b");
    assertThat(launch.opening()).contains(Opening.of(terminal));
    assertThat(launch.command().argv())
        .doesNotContain("--new-session")
        .endsWith("initrunner-terminal", "\\033_@initrunner-begin\\033\\\\", "top");
  }

  @Test
  void theWholeCommandLineWithMountsAndTheHostsNetwork() {
    List<Mount> mounts =
        List.of(
            new Mount("/srv/data", "/srv/data", Mount.Access.READ_ONLY),
            new Mount("/srv/out", "/tmp/out", Mount.Access.READ_WRITE));
    assertThat(argv(new Containment(NetworkAccess.HOST, mounts, LIMITS), LimitMeans.NONE))
        .isEqualTo(
            expected(
                BEGINNING,
                "--ro-bind",
                "/srv/data",
                "/srv/data",
                "--bind",
                "/srv/out",
                "/tmp/out"));
  }

  @Test
  void theCommandsOwnVariablesAreSetInsideAndItsSecretsInNoArgument() {
    Command command =
        Command.of("make", "-j 4")
            .withEnvironment(Map.of("LD_PRELOAD", "/work/x.so"))
            .withSecrets(SecretEnvironment.of(Map.of("HIDDEN", "hunter2")));
    Containment containment = new Containment(NetworkAccess.HOST, List.of(), LIMITS);
    Command launched =
        new BubblewrapLauncher(containment, LimitMeans.NONE, Optional.empty(), Hardening.NONE)
            .launch(command, "0a1b")
            .command();
    List<String> before = new ArrayList<>(BEGINNING);
    before.addAll(List.of("--setenv", "LD_PRELOAD", "/work/x.so"));
    assertThat(launched.argv()).isEqualTo(expected(before));
    assertThat(launched.environment()).isEmpty();
    assertThat(launched.secrets()).isEqualTo(command.secrets());
  }

  @Test
  void whatIsKeptFromOneCallLiesOverItsMountsTheDeeperLater() {
    List<Mount> mounts =
        List.of(
            new Mount("/srv/data", "/work/sub/data", Mount.Access.READ_ONLY),
            new Mount("/srv/p", "/role", Mount.Access.READ_ONLY));
    Containment containment = new Containment(NetworkAccess.HOST, mounts, LIMITS);
    Mount sub = new Mount("/srv/p/sub", "/work/sub", Mount.Access.READ_WRITE);
    Mount role = new Mount("/srv/p/sub/r.yaml", "/work/sub/r.yaml", Mount.Access.READ_ONLY);
    BubblewrapLauncher plain =
        new BubblewrapLauncher(containment, LimitMeans.NONE, Optional.empty(), Hardening.NONE);
    List<String> argv =
        plain
            .covering(
                List.of(
                    new Cover.EmptyFile("/work/sub/.env"),
                    new Cover.Itself(role),
                    new Cover.Itself(sub),
                    new Cover.EmptyDirectory("/work/home"),
                    new Cover.EmptyFile("/role/.env")))
            .launch(Command.of("make", "-j 4"), "0a1b")
            .command()
            .argv();
    List<String> before = new ArrayList<>();
    before.addAll(List.of("sh", "-c", "exec \"$0\" \"$@\" 9</dev/null 8</dev/null"));
    before.addAll(BEGINNING);
    String options =
        "--ro-bind /srv/p /role --bind /srv/p/sub /work/sub"
            + " --tmpfs /work/home --remount-ro /work/home --ro-bind-data 9 /role/.env"
            + " --ro-bind /srv/data /work/sub/data --ro-bind-data 8 /work/sub/.env"
            + " --ro-bind /srv/p/sub/r.yaml /work/sub/r.yaml";
    assertThat(argv).isEqualTo(expected(before, options.split(" ", -1)));
    assertThat(plain.launch(Command.of("make", "-j 4"), "0a1b").command().argv().getFirst())
        .isEqualTo("bwrap");
  }

  @Test
  void thereIsNoEndOfFilesThatAreKeptFromACall() {
    List<Cover> covers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      covers.add(new Cover.EmptyFile("/" + i + "/.env"));
    }
    Containment containment = new Containment(NetworkAccess.NONE, List.of(), LIMITS);
    BubblewrapMounts mounts = BubblewrapMounts.of(containment.withCovers(covers), "");
    assertThat(mounts.before().getLast()).endsWith(" 6</dev/null 5</dev/null");
    assertThat(mounts.options())
        .containsSubsequence("--ro-bind-data", "5", "/4/.env", "--ro-bind", "/dev/null", "/5/.env");
  }

  @Test
  void resourceLimitsStandInFront() {
    Containment containment = new Containment(NetworkAccess.HOST, List.of(), LIMITS);
    assertThat(argv(containment, LimitMeans.RLIMIT).subList(0, 5))
        .containsExactly("prlimit", "--as=268435456", "--nproc=256", "--", "bwrap");
  }

  @Test
  void aScopeOfTheCallHoldsItAndIsClearedByItsName() {
    List<String> argv = watched(LimitMeans.SYSTEMD, "initrunner-scope");
    assertThat(argv.get(4)).isEqualTo("begin");
    assertThat(argv.get(5)).isEqualTo(argv.get(2));
    assertThat(argv.subList(6, argv.size())).startsWith(HELD);
  }

  @Test
  void aCgroupOfTheCallHoldsItAndIsClearedByItsName() {
    List<String> argv = watched(LimitMeans.CGROUP, "initrunner-cgroup");
    assertThat(argv.get(4)).isEqualTo("run");
    assertThat(argv.subList(5, argv.size())).startsWith(HELD);
  }

  private static final String[] HELD = {
    "0a1b.b.1.0.42.9",
    Trailer.of("0a1b").format(),
    "268435456",
    "150000",
    "256",
    "unlimited",
    "bwrap"
  };

  /// What starts a call whose end a script tells of, which also clears up what is left of it.
  private static List<String> watched(LimitMeans means, String script) {
    Containment containment = new Containment(NetworkAccess.HOST, List.of(), LIMITS);
    Launch launch =
        new BubblewrapLauncher(
                containment, means, Optional.of(new Owner("b.1.0.42.9")), Hardening.NONE)
            .launch(Command.of("make", "-j 4"), "0a1b");
    List<String> argv = launch.command().argv();
    assertThat(argv.subList(0, 2)).containsExactly("sh", "-c");
    assertThat(argv.get(3)).isEqualTo(script);
    assertThat(launch.trailer()).contains(Trailer.of("0a1b"));
    assertThat(launch.cleanup().orElseThrow().argv())
        .containsExactly("sh", "-c", argv.get(2), script, "clear", "0a1b.b.1.0.42.9");
    return argv;
  }

  @Test
  void filesAreBoundedInFrontOfBubblewrapWhereNoCgroupDoesIt() {
    ResourceLimits limits =
        new ResourceLimits(256L << 20, 1.5, 40, Optional.of(1L << 20), Policy.BEST_EFFORT);
    List<String> argv =
        argv(new Containment(NetworkAccess.HOST, List.of(), limits), LimitMeans.RLIMIT);
    assertThat(argv.subList(0, 6))
        .containsExactly("prlimit", "--as=268435456", "--nproc=40", "--", "sh", "-c");
    assertThat(argv.subList(6, 9))
        .containsExactly(
            "ulimit -f \"$0\" 2>/dev/null || [ \"$(ulimit -f)\" -le \"$0\" ] && exec \"$@\"",
            "2048",
            "bwrap");
  }

  /// The account that runs the tests has more processes than one, and root is held by no such
  /// limit.
  @Test
  void anAccountThatMayHaveNoMoreProcessesIsNotTakenForTheCommandsEnd() throws Exception {
    ResourceLimits one = new ResourceLimits(256L << 20, 1.5, 1, Policy.BEST_EFFORT);
    List<String> argv = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      argv.addAll(List.of("setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"));
    }
    argv.addAll(argv(new Containment(NetworkAccess.NONE, List.of(), one), LimitMeans.RLIMIT));
    Process process = new ProcessBuilder(argv).directory(new File("/")).start();
    String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(said)
        .contains("Resource temporarily unavailable")
        .doesNotContain(Opening.OF_ALL.mark());
  }

  /// A place where scopes of systemd hold what they are asked to hold, and nothing else does.
  private static Answer behindSystemd(Command command) {
    boolean isScope = command.argv().contains("initrunner-scope");
    return isScope || command.argv().getFirst().equals("bwrap")
        ? new Answer(0, "", "")
        : new Answer(1, "", "no cgroups here");
  }

  @Test
  void aScopeOfSystemdIsTakenWhereNoCgroupCanBeMade() {
    Containment containment = new Containment(NetworkAccess.NONE, List.of(), LIMITS);
    assertThat(
            BubblewrapLauncher.prepare(containment, (command, _) -> behindSystemd(command))
                .limitsHeldBy())
        .isEqualTo("systemd-run");
  }

  @Test
  void whatOutlivedItsOwnerIsEndedBeforeTheFirstCallAndNothingElse() {
    String living = Owner.current().orElseThrow().text();
    List<String> ended = new ArrayList<>();
    Probe place =
        (command, _) -> {
          List<String> words = command.argv();
          if (words.getLast().equals("list")) {
            return new Answer(0, "0a." + living + "0\n0b." + living + "\n0c\n", "");
          }
          if (words.contains("clear")) {
            ended.add(words.getLast());
          }
          return behindSystemd(command);
        };

    BubblewrapLauncher.prepare(new Containment(NetworkAccess.NONE, List.of(), LIMITS), place);

    assertThat(ended).containsExactly("0a." + living + "0");
  }

  @Test
  void aPlaceWithoutBubblewrapIsToldHowToGetIt() {
    Containment containment = new Containment(NetworkAccess.NONE, List.of(), LIMITS);
    Probe without = (_, _) -> new Answer(127, "", "sh: bwrap: not found");
    assertThatThrownBy(() -> BubblewrapLauncher.prepare(containment, without))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("bwrap is not on PATH there");
    Probe broken = (_, _) -> new Answer(1, "", "bwrap: libcap.so.2: not found");
    assertThatThrownBy(() -> BubblewrapLauncher.prepare(containment, broken))
        .hasMessageContaining("bwrap --version ended with status 1: bwrap: libcap.so.2: not found");
  }

  /// Where prlimit is not there, or does not hold, nothing does.
  @Test
  void limitsOfASingleProcessAreTakenOnlyWhereTheyReadBack() {
    ResourceLimits limits = new ResourceLimits(256L << 20, 1.5, 256, Policy.BEST_EFFORT);
    Containment containment = new Containment(NetworkAccess.NONE, List.of(), limits);
    for (Map.Entry<String, String> read :
        Map.of(
                "262144",
                "prlimit, each process alone",
                "262143",
                "nothing",
                "unlimited",
                "nothing",
                "",
                "nothing")
            .entrySet()) {
      Probe place =
          (command, _) ->
              switch (command.argv().getFirst()) {
                case "bwrap" -> new Answer(0, "", "");
                case "prlimit" -> new Answer(0, read.getKey() + "\n", "");
                default -> new Answer(1, "", "no cgroups here");
              };
      assertThat(BubblewrapLauncher.prepare(containment, place).limitsHeldBy())
          .as(read.getKey())
          .isEqualTo(read.getValue());
    }
  }

  @Test
  void limitsThatNothingHoldsAreAWarningForCommandsAndNoneForAReport() {
    ResourceLimits limits = new ResourceLimits(256L << 20, 1.5, 256, Policy.IF_POSSIBLE);
    Containment containment = new Containment(NetworkAccess.NONE, List.of(), limits);
    Probe place =
        (command, _) -> new Answer(command.argv().getFirst().equals("bwrap") ? 0 : 1, "", "");
    List<String> logged = new ArrayList<>();
    Logger logger = Logger.getLogger(BubblewrapLauncher.class.getName());
    Filter filter = line -> logged.add(line.getMessage());
    logger.setFilter(filter);
    try {
      assertThat(BubblewrapLauncher.examine(containment, place).limitsHeldBy())
          .isEqualTo("nothing");
      assertThat(logged).noneMatch(line -> line.contains("limits"));
      BubblewrapLauncher.prepare(containment, place);
      assertThat(logged)
          .contains("In bubblewrap, no limits of memory, processors or processes are enforced");
    } finally {
      logger.setFilter(null);
    }
  }

  @Test
  void aLimitIsAskedForAsTheKernelAndSystemdRoundIt() {
    ResourceLimits limits = new ResourceLimits(1_000_000_000, 1.333, 256, Policy.ENFORCE);
    Containment containment = new Containment(NetworkAccess.NONE, List.of(), limits);
    assertThat(argv(containment, LimitMeans.SYSTEMD)).contains("999948288", "133000");
    assertThat(argv(containment, LimitMeans.CGROUP)).contains("999948288", "133300");
  }

  @Test
  void filesThatNothingBoundsAreRefusedUnlessTheRoleLetsThemGo() {
    for (Policy policy : List.of(Policy.IF_POSSIBLE, Policy.BEST_EFFORT)) {
      ResourceLimits limits =
          new ResourceLimits(256L << 20, 1.5, 256, Optional.of(1L << 20), policy);
      Containment containment = new Containment(NetworkAccess.HOST, List.of(), limits);
      Probe unbounded =
          (command, _) ->
              new Answer(command.argv().getFirst().equals("bwrap") ? 0 : 1, "unlimited\n", "");
      if (policy == Policy.BEST_EFFORT) {
        assertThat(
                BubblewrapLauncher.prepare(containment, unbounded)
                    .launch(Command.of("make", "-j 4"), "0a1b")
                    .command()
                    .argv())
            .isEqualTo(expected(BEGINNING));
      } else {
        assertThatThrownBy(() -> BubblewrapLauncher.prepare(containment, unbounded))
            .hasMessageContaining("file_size_limit cannot be enforced");
      }
    }
  }

  /// A place that has bubblewrap, and on which nothing started with it works.
  private static Answer blocked(Command command, String settings) {
    if (command.argv().contains("--version")) {
      return new Answer(0, "bubblewrap 0.8.0", "");
    }
    return command.argv().getFirst().equals("bwrap")
        ? new Answer(1, "", "bwrap: No permissions to create a new namespace\n")
        : new Answer(0, settings, "");
  }

  @Test
  void theKernelSettingThatForbidsItIsNamed() {
    Containment containment = new Containment(NetworkAccess.NONE, List.of(), LIMITS);
    for (String setting :
        List.of(
            "kernel/unprivileged_userns_clone=0",
            "kernel/apparmor_restrict_unprivileged_userns=1",
            "user/max_user_namespaces=0")) {
      assertThatThrownBy(() ->
              BubblewrapLauncher.prepare(
                  containment, (command, _) -> blocked(command, setting + "\n")))
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessageContaining(
              setting.substring(0, setting.indexOf('=')).replace('/', '.') + " forbids it: bwrap:");
    }
  }

  /// In a namespace of its own, whose settings are no matter of the machine's.
  @Test
  void theKernelSettingIsReadWithTheShellOfThePlace() {
    List<String> forbidding =
        List.of(
            "unshare",
            "--user",
            "--map-root-user",
            "sh",
            "-c",
            "echo 0 >/proc/sys/user/max_user_namespaces && exec \"$@\"",
            "sh");
    Probe place =
        (command, bound) -> {
          List<String> argv = new ArrayList<>(forbidding);
          argv.addAll(command.argv());
          return answer(Command.of("sh").withArgv(argv), bound);
        };
    Containment containment = new Containment(NetworkAccess.NONE, List.of(), LIMITS);
    assertThatThrownBy(() -> BubblewrapLauncher.prepare(containment, place))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageContaining("user.max_user_namespaces forbids it: bwrap:");
  }

  private static Answer answer(Command command, Duration bound) {
    Captured captured = new Captured(10_000);
    Outcome outcome =
        new LocalTransport(System.getenv()).run(command, Limits.timeout(bound), captured);
    return new Answer(
        ShellStatus.of(outcome.ended()), captured.stdoutText(), captured.stderrText());
  }

  private static final String SETTING_THAT_ROOT_IGNORES = "kernel/unprivileged_userns_clone=0\n";

  @Test
  void aMountThatBubblewrapObjectsToIsNotBlamedOnTheKernel() {
    Mount mount = new Mount("/srv/data", "/usr/data", Mount.Access.READ_ONLY);
    Probe probe =
        (command, _) -> {
          List<String> argv = command.argv();
          if (argv.size() > 2 && argv.get(2).contains("readlink")) {
            return new Answer(0, "/srv/data\n", "");
          }
          return argv.contains("/srv/data") && argv.getFirst().equals("bwrap")
              ? new Answer(1, "", "bwrap: Can't mkdir /usr/data: Read-only file system\n")
              : new Answer(0, argv.contains("/srv/data") ? "" : SETTING_THAT_ROOT_IGNORES, "");
        };
    assertThatThrownBy(() ->
            BubblewrapLauncher.prepare(
                new Containment(NetworkAccess.NONE, List.of(mount), LIMITS), probe))
        .isInstanceOf(LauncherUnavailableException.class)
        .hasMessageEndingWith(
            "not with the mounts of the role: bwrap: Can't mkdir /usr/data: Read-only file system");
  }

  @Test
  void aLimitThatNothingEnforcesIsRefusedUnlessTheRoleLetsItGo() {
    Probe withoutMeans =
        (command, _) ->
            new Answer(command.argv().getFirst().equals("bwrap") ? 0 : 1, "", "no cgroups here");
    assertThatThrownBy(() ->
            BubblewrapLauncher.prepare(
                new Containment(NetworkAccess.NONE, List.of(), LIMITS), withoutMeans))
        .hasMessageContaining("neither cgroups nor systemd-run")
        .hasMessageEndingWith("process_limit there (no cgroups here; no cgroups here)");
    ResourceLimits lenient = new ResourceLimits(256L << 20, 1.5, 256, Policy.IF_POSSIBLE);
    Containment containment = new Containment(NetworkAccess.HOST, List.of(), lenient);
    assertThat(
            BubblewrapLauncher.prepare(containment, withoutMeans)
                .launch(Command.of("make", "-j 4"), "0a1b")
                .command()
                .argv())
        .isEqualTo(expected(BEGINNING));
  }
}
