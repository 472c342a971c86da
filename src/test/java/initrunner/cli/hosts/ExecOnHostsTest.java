package initrunner.cli.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.audit.AuditQuery;
import initrunner.cli.CapturedConsole;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.ChildJvm;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ExecOnHostsTest {

  /// It listens on 127.0.0.1, too.
  @RegisterExtension
  static final SshdExtension SSHD =
      new SshdExtension(
          "ListenAddress 127.0.0.2", "ListenAddress 127.0.0.3", "ListenAddress 127.0.0.4");

  @TempDir private Path directory;
  private CapturedConsole console = CapturedConsole.of(Map.of());

  @BeforeEach
  void writeTheFiles() throws IOException {
    List<String> config = new ArrayList<>();
    for (int at = 1; at <= 4; at++) {
      config.addAll(List.of("Host web" + at, "  HostName 127.0.0." + at));
    }
    config.addAll(
        List.of(
            "Host same",
            "  HostName 127.0.0.2",
            "Host closed",
            "  HostName 127.0.0.1",
            "  Port 9"));
    config.addAll(List.of("Host *", "  HostKeyAlias [127.0.0.1]:" + SSHD.port()));
    Files.readAllLines(SSHD.configFile()).stream()
        .filter(line -> !line.contains("HostName"))
        .map(line -> line.startsWith("Host ") ? "Host *" : line)
        .forEach(config::add);
    Files.write(directory.resolve("config"), config);
    Files.writeString(
        directory.resolve("role.yaml"),
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata:
          name: fleet
        spec:
          role: You look after hosts.
          security:
            sandbox:
              backend: ssh
              ssh:
                host: web1
                config_file: %s
        """
            .formatted(directory.resolve("config")));
    console = CapturedConsole.withStdin("typed", Map.of("INITRUNNER_HOME", directory.toString()));
  }

  private int exec(List<String> options, String... argv) {
    List<String> line = new ArrayList<>(List.of("exec", directory.resolve("role.yaml").toString()));
    line.addAll(options);
    line.add("--");
    line.addAll(List.of(argv));
    return console.run(line.toArray(String[]::new));
  }

  private int on(String hosts, String script) {
    return exec(List.of("--hosts", hosts), "sh", "-c", script);
  }

  private static final String ADDRESS = "set -- $SSH_CONNECTION; ";

  @Test
  void eachLineHasItsHostInFrontAndEqualAnswersAreShownOnce() {
    assertThat(on("web[1-2]", "echo same; printf half >&2")).isEqualTo(ExitCodes.OK);
    assertThat(console.stdout().lines()).containsExactlyInAnyOrder("web1  same", "web2  same");
    assertThat(console.stderr().lines())
        .contains("web1  half", "web2  half", "== 2 hosts: web[1-2]", "same", "stderr: half")
        .last()
        .asString()
        .startsWith("2 hosts: 2 succeeded (");
  }

  @Test
  void condensedTheAnswerIsStandardOutput() {
    int status =
        exec(
            List.of("--hosts", "web[1-3]", "--condensed"),
            "sh",
            "-c",
            ADDRESS + "case $3 in *.3) echo other;; *) echo common;; esac");
    assertThat(status).isEqualTo(ExitCodes.OK);
    assertThat(console.stdout())
        .isEqualTo(
            """
            == 2 of 3 hosts: web[1-2]
            common
            == 1 host differs: web3
            other
            """);
  }

  @Test
  void theExitStatusTellsAllFromSomeFromNone() {
    assertThat(on("web[1-2]", ADDRESS + "case $3 in *.2) exit 3;; esac")).isEqualTo(1);
    assertThat(console.stderr()).contains("== 1 host, exited with 3: web2");
    assertThat(on("web[1-2]", "exit 3")).isEqualTo(2);
  }

  @Test
  void aHostThatCannotBeReachedIsAFailureOfItsOwn() {
    assertThat(on("web1,closed,nosuch.invalid", "echo up")).isEqualTo(1);
    assertThat(console.stdout()).contains("web1").contains("up");
    assertThat(console.stderr())
        .contains("1 host, connection refused: closed", "1 host, no such host name: nosuch.invalid")
        .contains("3 hosts: 1 succeeded");
  }

  @Test
  void twoNamesOfOneHostAreToldAndRunOnce() {
    assertThat(on("web2,same,web2", "echo once")).isZero();
    assertThat(console.stdout().lines()).containsExactly("web2  once");
    assertThat(console.stderr()).contains("'same' is the same host and account as 'web2'");
  }

  @Test
  void aPatternIsRefusedWhereNoPersonCanBeAsked() {
    assertThat(on("web?", "true")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("is 4 hosts: web[1-4]", "--yes");
    assertThat(exec(List.of("--hosts", "web?", "--yes"), "true")).isZero();
    assertThat(on("wob?", "true")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("'wob?' fits no alias");
  }

  @Test
  void aGroupComesFromTheUsersFile() throws IOException {
    Files.writeString(directory.resolve("hosts.yaml"), "groups: {web: ['web[1-2]']}\n");
    assertThat(on("@web", "true")).isZero();
    assertThat(console.stderr()).contains("2 hosts: 2 succeeded");
    assertThat(on("@wbe", "true")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("did you mean @web?");
  }

  @Test
  void atTheFirstFailureTheRestIsStoppedAndNotStarted() {
    int status =
        exec(
            List.of("--hosts", "web[1-4]", "--parallel", "2", "--fail-fast"),
            "sh",
            "-c",
            ADDRESS
                + "case $3 in *.1) until [ -e ~/begun ]; do sleep 0.05; done; exit 1;; esac;"
                + "touch ~/begun; exec sleep 300");
    assertThat(status).isEqualTo(2);
    assertThat(console.stderr())
        .contains("exited with 1: web1", "the command was stopped: web2")
        .contains("not started, after the first failure (--fail-fast): web[3-4]");
  }

  @Test
  void aLoginThatTheFirstFailureEndsIsRecordedAsCancelled() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.9"))) {
      Path config = directory.resolve("config");
      Files.writeString(
          config,
          "Host mute\n  HostName 127.0.0.9\n  Port %d\n%s"
              .formatted(mute.getLocalPort(), Files.readString(config)));
      Path asked = directory.resolve("asked");
      Thread ignored =
          Thread.ofVirtual()
              .start(() -> {
                try (Socket login = mute.accept()) {
                  Files.createFile(asked);
                  login.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException closed) {
                  // The test is over.
                }
              });
      String script = "until [ -e '" + asked + "' ]; do sleep 0.05; done; exit 1";

      assertThat(exec(List.of("--hosts", "web1,mute", "--fail-fast"), "sh", "-c", script))
          .isEqualTo(2);

      assertThat(console.stderr()).contains("not started, after the first failure");
      assertThat(rows().stream().filter(row -> row.contains("ended=not_started")))
          .singleElement()
          .asString()
          .contains("host=mute", "reason=cancelled");
    }
  }

  @Test
  void eachHostGetsAllOfTheInput() {
    assertThat(exec(List.of("--hosts", "web[1-2]", "--stdin", "-", "--condensed"), "cat")).isZero();
    assertThat(console.stdout()).isEqualTo("== 2 hosts: web[1-2]\ntyped\n");
  }

  @Test
  void programsGetALineForEachHostAndOneOfAll() {
    assertThat(exec(List.of("--hosts", "web1,closed", "--json"), "echo", "x")).isEqualTo(1);
    assertThat(console.stdout().lines())
        .anyMatch(
            line -> line.contains("\"host\":\"web1\"") && line.contains("\"stdout\":\"x\\n\""))
        .anyMatch(
            line -> line.contains("\"host\":\"closed\"") && line.contains("\"reason\":\"refused\""))
        .last()
        .asString()
        .startsWith("{\"hosts\":2,\"succeeded\":1,\"failed\":1,");
  }

  private List<String> rows() {
    return new AuditQuery(Optional.empty(), Optional.empty(), Optional.empty(), 100)
        .run(directory.resolve("audit.db")).stream().map(AuditQuery.Event::details).toList();
  }

  @Test
  void theCallsOfAllHostsAreRecordedAsOneRun() {
    on("web1,closed", "true");
    List<String> rows = rows();
    assertThat(rows).hasSize(4);
    assertThat(rows.stream().map(row -> row.replaceAll(".*\\brun=(\\w+).*", "$1")).distinct())
        .hasSize(1);
    assertThat(rows).filteredOn(row -> row.contains("host=web1")).hasSize(2);
    assertThat(rows).filteredOn(row -> row.contains("host=closed")).hasSize(2);
  }

  @Test
  void aKilledCommandLeavesNothingOnAnyHost() throws Exception {
    String pids = SSHD.home().resolve("pids").toString();
    List<String> command =
        ChildJvm.initrunner(
            List.of(),
            "exec",
            directory.resolve("role.yaml").toString(),
            "--no-audit",
            "--hosts",
            "web[1-3]",
            "--",
            "sh",
            "-c",
            "echo $$ >> " + pids + "; exec sleep 1000");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> begun = List.of();
    while (begun.size() < 3) {
      begun = Files.exists(Path.of(pids)) ? Files.readAllLines(Path.of(pids)) : begun;
    }
    process.destroyForcibly().waitFor();
    for (String pid : begun) {
      while (ProcessHandle.of(Long.parseLong(pid)).isPresent()) {
        Thread.onSpinWait();
      }
    }
    SSHD.awaitNoClients();
  }

  @Test
  void optionsThatDoNotFitAreUsage() {
    assertThat(exec(List.of("--parallel", "4"), "true")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("--parallel is for --hosts");
    assertThat(exec(List.of("--hosts", "web1", "--parallel", "0"), "true"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(exec(List.of("--hosts", "web1", "--json", "--live"), "true"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(exec(List.of("--hosts", "web1", "-t"), "true")).isEqualTo(ExitCodes.USAGE);
    assertThat(exec(List.of("--hosts", "web1,pr\u043Ed"), "true")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("Cyrillic");
  }

  @Test
  void aRoleInPlaceOfHostsIsEachOfItsSandboxes() throws IOException {
    Path role = directory.resolve("several.yaml");
    Files.writeString(
        role,
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata: {name: fleet}
        spec:
          role: You look after hosts.
          security:
            sandboxes:
              default: gpu
              build: {backend: ssh, ssh: {host: web1, config_file: %1$s, remote_cwd: /usr}}
              gpu: {backend: ssh, ssh: {host: web1, config_file: %1$s, remote_cwd: /usr}}
              here: {backend: none}
              down: {backend: ssh, ssh: {host: closed, config_file: %1$s}}
        """
            .formatted(directory.resolve("config")));
    int status =
        console.run(
            "exec", "--hosts", role.toString(), "--condensed", "--cwd", "/usr", "--", "pwd");
    assertThat(status).isEqualTo(ExitCodes.FAILED);
    assertThat(console.stdout()).isEqualTo("== 3 of 4 hosts: gpu,build,here\n/usr\n");
    assertThat(console.stderr()).contains("== 1 host, connection refused: down");
    assertThat(
            console.run(
                "exec", role.toString(), "--sandbox", "build", "--hosts", "web2", "--", "true"))
        .isZero();
    // It has the settings of a sandbox, and is another host.
    assertThat(rows())
        .filteredOn(row -> row.contains("argv0=true"))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row).contains("host=web2").doesNotContain("sandbox="));
    assertThat(rows())
        .filteredOn(row -> row.contains("argv0=pwd"))
        .anySatisfy(row -> assertThat(row).contains("sandbox=build"))
        .anySatisfy(row -> assertThat(row).contains("sandbox=gpu"))
        .anySatisfy(row -> assertThat(row).contains("sandbox=here"));
  }

  @Test
  void severalNamesOfOneHostAreToldInOneLine() throws IOException {
    Path config = directory.resolve("config");
    Files.writeString(config, "Host n0*\n  HostName 127.0.0.2\n" + Files.readString(config));
    assertThat(on("n[01-04],web1", "true")).isZero();
    assertThat(console.stderr().lines())
        .filteredOn(line -> line.contains("same host"))
        .containsExactly(
            "initrunner: n[02-04] are the same host and account as 'n01' (ssh -G); the command runs"
                + " there once, as n01");
  }

  @Test
  void aFaultInAGroupIsNoneOfAListWithoutGroups() throws IOException {
    Files.writeString(directory.resolve("hosts.yaml"), "groups: {a: ['@b'], b: ['@a']}\n");
    assertThat(on("web[1-2]", "true")).as(console.stderr()).isZero();
    assertThat(on("web1,@a", "true")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("leads back to the group");
  }

  @Test
  void aHostThatFailsIsToldAtOnceBehindItsName() {
    assertThat(on("closed", "true")).isEqualTo(ExitCodes.NONE_SUCCEEDED);
    assertThat(console.stderr()).startsWith("closed  (connection refused)\n");
    console = CapturedConsole.of(Map.of("INITRUNNER_HOME", directory.toString()));
    assertThat(on("web1", "exit 3")).isEqualTo(ExitCodes.NONE_SUCCEEDED);
    assertThat(console.stderr()).startsWith("web1  (exited with 3)\n");
  }

  @Test
  void aReaderThatIsGoneIsNoInterruption() throws Exception {
    Path told = directory.resolve("told");
    List<String> command =
        new ArrayList<>(
            List.of("sh", "-c", "told=$1; shift; \"$@\" 2>$told | head -n 2", "", told.toString()));
    command.addAll(
        ChildJvm.initrunner(
            List.of(),
            "exec",
            directory.resolve("role.yaml").toString(),
            "--no-audit",
            "--hosts",
            "web[1-3]",
            "--parallel",
            "1",
            "--",
            "seq",
            "1000000"));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    assertThat(process.inputReader().lines()).hasSize(2);
    process.waitFor();
    assertThat(Files.readString(told))
        .contains("not started, as the output could not be written")
        .doesNotContain("interrupted (", "as it was interrupted", "== ");
  }

  @Test
  void aPipeThatIsNotReadIsTold() throws Exception {
    List<String> command =
        ChildJvm.initrunner(
            List.of(),
            "exec",
            directory.resolve("role.yaml").toString(),
            "--no-audit",
            "--hosts",
            "web[1-2]",
            "--",
            "cat");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (Writer input = process.outputWriter()) {
      input.write("piped");
    }
    assertThat(process.inputReader().lines())
        .contains(
            "initrunner: the input from the pipe was not read; --stdin - passes it to the command"
                + " on each host");
    process.waitFor();
  }

  @Test
  void aRoleStandsAloneInTheListOfHosts() throws IOException {
    String role = directory.resolve("role.yaml").toString();
    for (String list : List.of(role + ",web1", "web1," + role, "web1," + directory)) {
      assertThat(console.run("exec", "--hosts", list, "--", "true")).isEqualTo(ExitCodes.USAGE);
      assertThat(console.stderr()).contains("is a role, and a role stands alone");
    }
    assertThat(console.run("exec", "--hosts", directory.toString(), "--", "true"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("it has one sandbox alone");
    assertThat(console.run("exec", "--hosts", role, "--sandbox", "gpu", "--", "true"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr())
        .contains("is each sandbox of that role", "initrunner exec " + role + " --sandbox NAME --");
  }

  @Test
  void theSandboxWhoseSettingsHoldIsNamed() throws IOException {
    Path role = directory.resolve("several.yaml");
    Files.writeString(
        role,
        """
        name: fleet
        prompt: You look after hosts.
        tools: []
        security:
          sandboxes:
            default: gpu
            gpu: {backend: ssh, ssh: {host: web1, config_file: %1$s}}
            build: {backend: ssh, ssh: {host: web1, config_file: %1$s, remote_cwd: /usr}}
        """
            .formatted(directory.resolve("config")));
    console.run("exec", role.toString(), "--hosts", "web2", "--", "true");
    assertThat(console.stderr())
        .contains("initrunner: the settings of sandbox gpu hold on each host\n");
    assertThat(console.run("exec", "--hosts", role.toString(), "--", "true")).isZero();
    assertThat(console.stderr())
        .contains(
            "initrunner: the sandboxes gpu, build are the same host and account (ssh -G); the"
                + " command runs there in each\n");
  }

  @Test
  void programsGetTheSandboxOfEachLine() throws IOException {
    Path role = directory.resolve("several.yaml");
    Files.writeString(
        role,
        """
        name: fleet
        prompt: You look after hosts.
        tools: []
        security:
          sandboxes:
            default: gpu
            gpu: {backend: ssh, ssh: {host: web1, config_file: %1$s}}
            here: {backend: none}
            down: {backend: ssh, ssh: {host: closed, config_file: %1$s}}
        """
            .formatted(directory.resolve("config")));
    console.run("exec", "--hosts", role.toString(), "--json", "--", "echo", "x");
    assertThat(console.stdout().lines())
        .anyMatch(line -> line.contains("\"host\":\"web1\",\"sandbox\":\"gpu\""))
        .anyMatch(line -> line.contains("\"host\":null,\"sandbox\":\"here\""))
        .anyMatch(line -> line.contains("\"host\":\"closed\",\"sandbox\":\"down\""))
        .last()
        .asString()
        .contains("\"answers\":[{\"hosts\":[\"gpu\",\"here\"]}]", "\"hosts\":[\"down\"]");
    console = CapturedConsole.of(Map.of("INITRUNNER_HOME", directory.toString()));
    console.run("exec", role.toString(), "--sandbox", "here", "--json", "--", "true");
    assertThat(console.stdout()).contains("\"host\":null,\"sandbox\":\"here\"");
  }

  @Test
  void aRoleInPlaceOfHostsHasSeveralSandboxesAndStandsAlone() {
    String role = directory.resolve("role.yaml").toString();
    assertThat(console.run("exec", "--hosts", role, "--", "true")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("it has one sandbox alone");
    assertThat(exec(List.of("--hosts", role), "true")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("there are two roles");
  }
}
