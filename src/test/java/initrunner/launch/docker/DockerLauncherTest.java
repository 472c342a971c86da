package initrunner.launch.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.exec.Command;
import initrunner.exec.SecretEnvironment;
import initrunner.exec.Stdin;
import initrunner.launch.Containment;
import initrunner.launch.Cover;
import initrunner.launch.Launch;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Mount;
import initrunner.launch.Mount.Access;
import initrunner.launch.NetworkAccess;
import initrunner.launch.Owner;
import initrunner.launch.Probe;
import initrunner.launch.ResourceLimits;
import initrunner.launch.ResourceLimits.Policy;
import initrunner.launch.Trailer;
import initrunner.launch.docker.DockerEngine.Brand;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerLauncherTest {

  private static final DockerEngine DOCKER =
      new DockerEngine("/usr/bin/docker", Brand.DOCKER, List.of("--user", "1000:1001"));

  private static final DockerEngine ROOTLESS_PODMAN =
      new DockerEngine("/usr/bin/podman", Brand.PODMAN, List.of("--userns", "keep-id"));

  private static final ResourceLimits LIMITS =
      new ResourceLimits(256L << 20, 1.0, 256, Policy.ENFORCE);

  private static Containment containment(NetworkAccess network, Mount... mounts) {
    return new Containment(network, List.of(mounts), LIMITS);
  }

  private static DockerOptions options(Optional<String> user, Access root, String... extra) {
    return new DockerOptions(
        "python:3.12-slim", user, Optional.empty(), root, List.of(extra), List.of());
  }

  private static final DockerOptions DEFAULTS =
      options(Optional.of(DockerOptions.AUTO), Access.READ_ONLY);

  private static Launch launch(
      DockerEngine engine, Containment containment, DockerOptions options, Command command) {
    return new DockerLauncher(containment, options, engine, Optional.empty())
        .launch(command, "0a1b");
  }

  /// The arguments behind the script, whose text is no matter of theirs.
  private static List<String> words(Command command) {
    List<String> argv = command.argv();
    assertThat(argv.subList(0, 2)).containsExactly("sh", "-c");
    List<String> words = new ArrayList<>(argv);
    words.remove(2);
    return words;
  }

  private static List<String> split(String words) {
    return List.of(words.split(" ", -1));
  }

  /// The same, with the format of the call's trailer at its place.
  private static List<String> split(String words, Trailer trailer) {
    return split(words).stream()
        .map(word -> word.equals("FORMAT") ? trailer.format() : word)
        .toList();
  }

  @Test
  void aCommandWithTheDefaultsRunsInANamedContainerWithNothingButItsDirectory() {
    Launch launch =
        launch(
            DOCKER,
            containment(NetworkAccess.NONE),
            DEFAULTS,
            Command.of("python3", "-c", "print(1)"));
    assertThat(words(launch.command()))
        .containsExactlyElementsOf(
            split(
                "sh -c initrunner-docker run /usr/bin/docker initrunner-0a1b FORMAT"
                    + " --init --pull never --log-driver none --name initrunner-0a1b"
                    + " --label initrunner.managed=true --network none"
                    + " -m 268435456 --memory-swap 268435456 --cpus 1"
                    + " --read-only --tmpfs /tmp:rw,noexec,nosuid,size=64m --pids-limit 256 --cap-drop MKNOD"
                    + " --user 1000:1001 -w /work python:3.12-slim python3 -c print(1)",
                Trailer.of("0a1b")));
    assertThat(words(launch.cleanup().orElseThrow()))
        .containsExactlyElementsOf(
            split("sh -c initrunner-docker stop /usr/bin/docker initrunner-0a1b"));
    assertThat(launch.trailer()).contains(Trailer.of("0a1b"));
  }

  @Test
  void aCommandWithATerminalGetsItThroughTheClients() {
    Stdin.Terminal terminal =
        new Stdin.Terminal("vt100", InputStream.nullInputStream(), new Stdin.Terminal.Size(80, 24));
    Launch launch =
        launch(
            DOCKER,
            containment(NetworkAccess.NONE),
            DEFAULTS,
            Command.of("top").withStdin(terminal));
    Trailer trailer = Trailer.of("0a1b", terminal);
    assertThat(launch.trailer()).contains(trailer);
    assertThat(trailer.format()).startsWith("\\033_@initrunner-end-").endsWith(" %s %s\\033\\\\");
    assertThat(words(launch.command()))
        .contains(trailer.format())
        .endsWith(
            split(
                    "-w /work -i -t -e TERM --detach-keys ctrl-^,ctrl-@,ctrl-^,ctrl-@"
                        + " python:3.12-slim top")
                .toArray(String[]::new));
  }

  @Test
  void everyOptionOfTheRoleHasItsPlace() {
    DockerOptions options =
        new DockerOptions(
            "registry.example/team/image:7",
            Optional.of("7:8"),
            Optional.of("runsc"),
            Access.READ_WRITE,
            List.of("--shm-size", "1g"),
            List.of("LC_ALL"));
    Containment containment =
        new Containment(
            NetworkAccess.BRIDGE,
            List.of(
                new Mount("/srv/data", "/data", Access.READ_ONLY),
                new Mount("/srv/out", "/srv/out", Access.READ_WRITE)),
            new ResourceLimits(64L << 20, 0.5, 40, Optional.of(5000L), Policy.ENFORCE));
    Command command =
        Command.of("sort", "-u")
            .withEnvironment(Map.of("MODE", "it's"))
            .withSecrets(SecretEnvironment.of(Map.of("TOKEN", "hunter2")))
            .withStdin(Stdin.text("b\na\n"));
    Launch launch =
        new DockerLauncher(containment, options, DOCKER, Optional.of(new Owner("b.1.0.42.9")))
            .launch(command, "ff");
    assertThat(words(launch.command()))
        .containsExactlyElementsOf(
            split(
                "sh -c initrunner-docker run /usr/bin/docker initrunner-ff FORMAT"
                    + " --init --pull never --log-driver none --runtime runsc"
                    + " --name initrunner-ff --label initrunner.managed=true"
                    + " --label initrunner.owner=b.1.0.42.9 --network bridge"
                    + " -m 67108864 --memory-swap 67108864 --cpus 0.5 --pids-limit 40 --cap-drop MKNOD"
                    + " --ulimit fsize=4096 --user 7:8"
                    + " --mount type=bind,source=/srv/data,target=/data,readonly"
                    + " --mount type=bind,source=/srv/out,target=/srv/out -w /work"
                    + " -e LC_ALL -e MODE -e TOKEN -i --shm-size 1g"
                    + " registry.example/team/image:7 sort -u",
                Trailer.of("ff")));
    assertThat(launch.command().environment()).isEqualTo(command.environment());
    assertThat(launch.command().secrets().names()).containsExactly("TOKEN");
    assertThat(launch.command().stdin()).isEqualTo(command.stdin());
    assertThat(launch.command().toString()).doesNotContain("hunter2");
  }

  @Test
  void rootlessPodmanKeepsTheAccountAndTheHostsNetworkIsGivenWhereAsked() {
    Launch launch =
        launch(ROOTLESS_PODMAN, containment(NetworkAccess.HOST), DEFAULTS, Command.of("true"));
    assertThat(words(launch.command()))
        .containsExactlyElementsOf(
            split(
                "sh -c initrunner-docker run /usr/bin/podman initrunner-0a1b FORMAT"
                    + " --init --pull never --log-driver none --name initrunner-0a1b"
                    + " --label initrunner.managed=true --network host"
                    + " -m 268435456 --memory-swap 268435456 --cpus 1"
                    + " --read-only --tmpfs /tmp:rw,noexec,nosuid,size=64m --pids-limit 256 --cap-drop MKNOD"
                    + " --userns keep-id -w /work python:3.12-slim true",
                Trailer.of("0a1b")));
  }

  @Test
  void theImagesOwnUserIsLeftWhereTheRoleSaysNull() {
    Launch launch =
        launch(
            DOCKER,
            containment(NetworkAccess.NONE),
            options(Optional.empty(), Access.READ_WRITE),
            Command.of("true"));
    assertThat(launch.command().argv()).doesNotContain("--user", "--read-only", "--tmpfs");
  }

  @Test
  void aMountOverTheTemporaryDirectoryReplacesIt() {
    Launch launch =
        launch(
            DOCKER,
            containment(NetworkAccess.NONE, new Mount("/a", "/tmp", Access.READ_WRITE)),
            DEFAULTS,
            Command.of("true"));
    assertThat(launch.command().argv())
        .contains("type=bind,source=/a,target=/tmp")
        .doesNotContain("--tmpfs");
    Mount elsewhere = new Mount("/tmp", "/b", Access.READ_WRITE);
    assertThat(
            launch(DOCKER, containment(NetworkAccess.NONE, elsewhere), DEFAULTS, Command.of("true"))
                .command()
                .argv())
        .contains("--tmpfs");
  }

  @Test
  void whatIsKeptFromOneCallIsMountedOver() {
    DockerLauncher plain =
        new DockerLauncher(
            containment(NetworkAccess.NONE, new Mount("/srv/p", "/role", Access.READ_ONLY)),
            DEFAULTS,
            DOCKER,
            Optional.empty());
    Mount role = new Mount("/srv/p/role.yaml", "/work/role.yaml", Access.READ_ONLY);
    List<Cover> covers =
        List.of(
            new Cover.EmptyFile("/role/.env"),
            new Cover.Itself(role),
            new Cover.EmptyDirectory("/work/home"));
    assertThat(words(plain.covering(covers).launch(Command.of("true"), "0a1b").command()))
        .containsSubsequence(
            split(
                "--mount type=bind,source=/srv/p,target=/role,readonly"
                    + " --mount type=bind,source=/dev/null,target=/role/.env,readonly"
                    + " --mount type=bind,source=/srv/p/role.yaml,target=/work/role.yaml,readonly"
                    + " --tmpfs /work/home:ro -w /work"));
  }

  @Test
  void aPathWithACommaOrAQuoteIsOneFieldOfItsMount() {
    Mount mount = new Mount("/a,b", "/say \"x\"", Access.READ_ONLY);
    assertThat(
            launch(DOCKER, containment(NetworkAccess.NONE, mount), DEFAULTS, Command.of("true"))
                .command()
                .argv())
        .contains("type=bind,\"source=/a,b\",\"target=/say \"\"x\"\"\",readonly");
  }

  /// A variable such as PATH would else choose what program is the engine, outside of all of it.
  @Test
  void whatTheStarterItselfWouldObeyIsKeptFromIt() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", "/work/evil");
    environment.put("DOCKER_HOST", "tcp://evil");
    environment.put("LD_PRELOAD", "/work/evil.so");
    environment.put("https_proxy", "http://evil");
    environment.put("PATHS", "harmless");
    Launch launch =
        launch(
            DOCKER,
            containment(NetworkAccess.NONE),
            DEFAULTS,
            Command.of("true").withEnvironment(environment));
    assertThat(launch.command().environment()).containsOnly(Map.entry("PATHS", "harmless"));
    assertThat(launch.command().argv())
        .containsSubsequence(
            "-e",
            "PATH=/work/evil",
            "-e",
            "DOCKER_HOST=tcp://evil",
            "-e",
            "LD_PRELOAD=/work/evil.so",
            "-e",
            "https_proxy=http://evil",
            "-e",
            "PATHS",
            "python:3.12-slim");
  }

  @Test
  void theSameCommandAndNameGiveTheSameLaunch() {
    Command command = Command.of("true");
    Containment containment = containment(NetworkAccess.NONE);
    assertThat(launch(DOCKER, containment, DEFAULTS, command))
        .isEqualTo(launch(DOCKER, containment, DEFAULTS, command));
  }

  private static List<String> notHeld(String read, String... extra) {
    return notHeld(LIMITS, read.isEmpty() ? "" : read + "unlimited\n", extra);
  }

  private static List<String> notHeld(ResourceLimits limits, String read, String... extra) {
    DockerOptions options = options(Optional.empty(), Access.READ_ONLY, extra);
    return new DockerLimits(
            DOCKER,
            limits,
            options,
            (command, _) -> {
              throw new AssertionError(command);
            })
        .notHeld(read);
  }

  @Test
  void limitsAreHeldWhereTheKernelReadsThemBack() {
    assertThat(notHeld("268435456 \n100000 \n100000 \n256 \n")).isEmpty();
    assertThat(notHeld("268435456 \n100000 100000\n100000 100000\n256 \n")).isEmpty();
    assertThat(notHeld("268435456 \n50000 \n50000 \n256 \n")).isEmpty();
  }

  @Test
  void aLimitThatReadsOtherwiseIsNotHeld() {
    assertThat(notHeld("max \nmax 100000\nmax 100000\nmax \n")).hasSize(3);
    assertThat(notHeld("9223372036854771712 \n-1 \n100000 \nmax \n"))
        .satisfiesExactly(
            memory -> assertThat(memory).contains("memory_limit", "9223372036854771712"),
            cpu -> assertThat(cpu).contains("cpu_limit", "-1"),
            processes -> assertThat(processes).contains("process_limit"));
    assertThat(notHeld("268435456 \n200000 \n100000 \n256 \n")).hasSize(1);
    assertThat(notHeld("unknown\nunknown\nunknown\nunknown\n")).hasSize(3);
    assertThat(notHeld("")).hasSize(1);
  }

  @Test
  void filesAreHeldWhereTheLimitReadsAsMuchOrLess() {
    ResourceLimits limits =
        new ResourceLimits(256L << 20, 1.0, 256, Optional.of(1L << 20), Policy.IF_POSSIBLE);
    String others = "268435456 \n100000 \n100000 \n256 \n";
    assertThat(notHeld(limits, others + "2048\n")).isEmpty();
    assertThat(notHeld(limits, others + "2\n")).isEmpty();
    assertThat(notHeld(limits, others + "4096\n"))
        .containsExactly("file_size_limit (1024 KiB asked, read 4096)");
    assertThat(notHeld(limits, others + "unlimited\n")).hasSize(1);
    assertThat(notHeld(limits, others + "unknown\n")).hasSize(1);
  }

  @Test
  void aRolesOwnOptionsMayRaiseWhatItDoesNotNameOtherwise() {
    String read = "268435456 \n200000 \n100000 \n512 \n";
    assertThat(notHeld(read, "--pids-limit", "512", "--cpus=2")).isEmpty();
    assertThat(notHeld("268435456 \n-1 \n100000 \nmax \n", "--pids-limit", "-1", "--cpus=2"))
        .hasSize(2);
    assertThat(notHeld(read, "--shm-size", "1g")).hasSize(2);
  }

  /// The kernel rounds a limit of memory down to whole pages.
  @Test
  void memoryIsHeldWhereItReadsLessThanAPageBelowWhatIsAsked() {
    String others = " \n100000 \n100000 \n256 \n";
    long asked = LIMITS.memoryBytes();
    assertThat(notHeld(asked - 65_535 + others)).isEmpty();
    for (long other : List.of(asked - 65_536, asked + 1)) {
      assertThat(notHeld(other + others)).hasSize(1);
    }
  }

  /// Docker's client as a wrapper that complains of everything it is asked, by any name.
  private static final String COMPLAINING =
      """
      #!/bin/sh
      echo 'Emulate Docker CLI using podman. no such file: /etc/containers/nodocker' >&2
      case $1 in
        run) exit 3 ;;
        inspect)
          [ -e "$0.state" ] || { echo "Error: No such container: $6" >&2; exit 1; }
          cat "$0.state"
          ;;
      esac
      """;

  /// Runs what is started with that client, as it is and with no wait between its tries.
  private static ShellRun byAComplainingClient(Path directory, String state, boolean cleansUp)
      throws Exception {
    return byAComplainingClient(directory, COMPLAINING, state, cleansUp);
  }

  private static ShellRun byAComplainingClient(
      Path directory, String client, String state, boolean cleansUp) throws Exception {
    Path engine = Files.writeString(directory.resolve("engine"), client);
    Path sleep = Files.writeString(directory.resolve("sleep"), "#!/bin/sh\n");
    assertThat(engine.toFile().setExecutable(true) && sleep.toFile().setExecutable(true)).isTrue();
    Files.deleteIfExists(directory.resolve("engine.state"));
    if (!state.isEmpty()) {
      Files.writeString(directory.resolve("engine.state"), state + "\n");
    }
    Launch launch =
        launch(
            new DockerEngine(engine.toString(), Brand.DOCKER, List.of()),
            containment(NetworkAccess.NONE),
            DEFAULTS,
            Command.of("true"));
    Command command = cleansUp ? launch.cleanup().orElseThrow() : launch.command();
    ProcessBuilder builder = new ProcessBuilder(command.argv()).directory(directory.toFile());
    builder.environment().merge("PATH", directory + ":", (path, own) -> own + path);
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new ShellRun(process.waitFor(), launch.trailer().orElseThrow().read(said));
  }

  private record ShellRun(int status, Optional<Trailer.End> end) {}

  @Test
  void whatTheClientComplainsOfHidesNoEnd(@TempDir Path directory) throws Exception {
    Map<String, Trailer.Cause> causes =
        Map.of(
            "false false 2026-01-02T03:04:05Z", Trailer.Cause.ENDED,
            "false true 2026-01-02T03:04:05Z", Trailer.Cause.OOM,
            "false false 0001-01-01T00:00:00Z", Trailer.Cause.UNSTARTED);
    for (Map.Entry<String, Trailer.Cause> cause : causes.entrySet()) {
      assertThat(byAComplainingClient(directory, cause.getKey(), false))
          .isEqualTo(new ShellRun(3, Optional.of(new Trailer.End(3, cause.getValue()))));
    }
    assertThat(byAComplainingClient(directory, "true false 2026-01-02T03:04:05Z", false))
        .isEqualTo(new ShellRun(3, Optional.empty()));
  }

  /// The client has a status of a command's for what the engine could not find or execute itself.
  @Test
  void aContainerThatWasNeverStartedHasNoStatusOfTheCommand(@TempDir Path directory)
      throws Exception {
    for (int status : List.of(126, 127)) {
      String client = COMPLAINING.replace("exit 3", "exit " + status);
      assertThat(byAComplainingClient(directory, client, "false false 0001-01-01T00:00:00Z", false))
          .isEqualTo(
              new ShellRun(status, Optional.of(new Trailer.End(status, Trailer.Cause.UNSTARTED))));
    }
  }

  @Test
  void whyAnEngineIsOutOfReachIsToldWhereTheClientFailsOverItsOwnTemplate() {
    Probe place =
        (command, _) ->
            switch (command.argv().get(1)) {
              case "-c" -> new Probe.Answer(0, "/usr/bin/docker\nDocker version 20.10\n7\n7\n", "");
              case "info" -> new Probe.Answer(1, "\n", "template: :1:2: executing \"\"");
              case "version" ->
                  new Probe.Answer(1, "", "Cannot connect to the Docker daemon at unix:///x.sock.");
              case "DOCKER_HOST" -> new Probe.Answer(1, "", "");
              default -> throw new AssertionError(command);
            };
    assertThatThrownBy(() -> new DockerProbe(place).engine(Optional.empty()))
        .hasMessageContaining("the Docker daemon is not running: Cannot connect to the Docker");
  }

  /// No advice names what is already the case.
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          '',                 unix:///var/run/docker.sock, 'set DOCKER_HOST',   'unset'
          '',                 unix:///home/u/d.sock,       'docker context ls', 'set DOCKER_HOST'
          tcp://10.0.0.1:2375, tcp://10.0.0.1:2375,        'unset the variable', 'set DOCKER_HOST'
          unix:///run/user/7/d, unix:///run/user/7/d,      'systemctl --user',  'sudo'
          """)
  void adviceOnAnEngineOutOfReachIsOfTheAddressThatIsAsked(
      String variable, String address, String advised, String not) {
    Probe place =
        (command, _) ->
            switch (command.argv().get(1)) {
              case "-c" -> new Probe.Answer(0, "/usr/bin/docker\nDocker version 29\n7\n7\n", "");
              case "DOCKER_HOST" ->
                  new Probe.Answer(variable.isEmpty() ? 1 : 0, variable + "\n", "");
              default ->
                  new Probe.Answer(1, "", "Cannot connect to the Docker daemon at " + address);
            };
    LauncherUnavailableException e =
        catchThrowableOfType(
            LauncherUnavailableException.class,
            () -> new DockerProbe(place).engine(Optional.empty()));
    assertThat(e.remedy()).contains(advised).doesNotContain(not);
  }

  @Test
  void anImageThatCannotBeFetchedIsBroughtByWhatAlsoWorksWithoutAHost() {
    Probe place =
        (command, _) ->
            new Probe.Answer(1, "", "dial tcp: lookup registry-1.docker.io: no such host");
    DockerEngine engine = new DockerEngine("/usr/bin/podman", DockerEngine.Brand.PODMAN, List.of());
    LauncherUnavailableException e =
        catchThrowableOfType(
            LauncherUnavailableException.class,
            () -> new DockerProbe(place).requireImage(engine, "alpine:3"));
    assertThat(e.remedy()).contains("podman load").doesNotContain("ssh HOST");
  }

  @Test
  void aContainerThatIsGoneWasNeverThereOnlyWhereTheClientCouldMakeNone(@TempDir Path directory)
      throws Exception {
    assertThat(
            byAComplainingClient(directory, COMPLAINING.replace("exit 3", "exit 125"), "", false))
        .isEqualTo(new ShellRun(125, Optional.of(new Trailer.End(125, Trailer.Cause.UNSTARTED))));
    assertThat(
            byAComplainingClient(directory, COMPLAINING.replace("exit 3", "exit 137"), "", false))
        .isEqualTo(new ShellRun(137, Optional.empty()));
  }

  @Test
  void whatTheClientComplainsOfHidesNoProofOfAStop(@TempDir Path directory) throws Exception {
    assertThat(byAComplainingClient(directory, "", true).status()).isZero();
    assertThat(byAComplainingClient(directory, "true false 2026-01-02T03:04:05Z", true).status())
        .isEqualTo(1);
    assertThat(byAComplainingClient(directory, "false false 2026-01-02T03:04:05Z", true).status())
        .isEqualTo(2);
  }
}
