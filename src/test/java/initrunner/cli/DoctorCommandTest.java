package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.ExitCodes;
import initrunner.ssh.SshdExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DoctorCommandTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension("MaxSessions 4");

  @TempDir Path directory;
  private CapturedConsole console;

  @BeforeEach
  void console() {
    console = CapturedConsole.of(System.getenv());
  }

  private int doctor(String host, String more) throws Exception {
    return doctor(host, more, "ssh");
  }

  private int doctor(String host, String more, String backend) throws Exception {
    Path role =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata:
              name: looked-at
            spec:
              role: You work.
              security:
                sandbox:
                  backend: %s
                  ssh:
                    host: %s
                    config_file: %s
                    %s
            """
                .formatted(backend, host, sshd.configFile(), more));
    return console.run("doctor", role.toString());
  }

  @Test
  void thisMachineIsLookedAtWithoutARole() {
    assertThat(console.run("doctor")).isZero();
    assertThat(console.stdout())
        .startsWith("This machine\n  ok       ssh client")
        .contains("  ok       bwrap        works; limits enforced by ", " [isolation: container]")
        .contains(" slurm ", "[isolation: batch job]")
        .doesNotContain("Host ");
  }

  @Test
  void aHostIsLookedAtFromAllSides() throws Exception {
    String work = "remote_cwd: '~'\n" + " ".repeat(8);
    assertThat(doctor(SshdExtension.HOST, work + "launcher: bwrap")).isZero();
    assertThat(console.stdout())
        .contains("Host my-build-box\n  ok       connect ")
        .contains("  ok       multiplexing one connection for all commands")
        .contains("  note     sessions     4 at once over one connection")
        .contains(
            "  ok       quoting ",
            "  ok       rc files     quiet",
            "  ok       login shell  /",
            "  ok       jobs         survive the logout of the account")
        .contains("  ok       python3      there", "  ok       setsid       there")
        .contains("  ok       clock        as here", " MiB where commands start")
        .contains("  ok       sandbox      commands can run as the role says");
    assertThat(console.stdout().split("  ok       bwrap ", -1)).hasSize(3);
  }

  @Test
  void ofSlurmNothingIsSaidToARoleThatHasNone() throws Exception {
    doctor(SshdExtension.HOST, "");
    assertThat(console.stdout()).contains(" docker ").doesNotContain("slurm", "Slurm", "srun");
    console();
    doctor(SshdExtension.HOST, "launcher: slurm", "none");
    assertThat(console.stdout()).contains(" docker ").doesNotContain("slurm", "Slurm", "scontrol");
    console();
    doctor(SshdExtension.HOST, "launcher: slurm");
    assertThat(console.stdout().split(" slurm ", -1)).hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void aHostWithoutARoleIsLookedAtAsWell() {
    assertThat(console.run("doctor", "--host", "no-such-host.invalid")).isEqualTo(ExitCodes.FAILED);
    assertThat(console.stdout())
        .startsWith("This machine\n")
        .contains("Host no-such-host.invalid\n  missing  connect ")
        .doesNotContain("Role\n");
    for (String[] wrong :
        List.of(
            new String[] {"doctor", "--host", "-oProxyCommand=x"},
            new String[] {"doctor", "--host", "h", "role.yaml"},
            new String[] {"doctor", "--host", "h", "--role", "role.yaml"})) {
      assertThat(console.run(wrong)).isEqualTo(ExitCodes.USAGE);
    }
    assertThat(console.stderr()).contains("--host is '-oProxyCommand=x'", "give one of them");
  }

  @Test
  void aChoiceThatDoesNotWorkIsExit1WithTheNextStep() throws Exception {
    assertThat(doctor("no-such-host.invalid", "")).isEqualTo(ExitCodes.FAILED);
    assertThat(console.stdout())
        .contains("Host no-such-host.invalid\n  missing  connect ")
        .contains("Role\n  missing  sandbox ", "no-such-host.invalid");
  }

  @Test
  void twoSandboxesOnOneHostAreNamed() throws Exception {
    Path configuration = directory.resolve("ssh_config");
    Files.writeString(
        configuration,
        Files.readString(sshd.configFile()).replace("Host my-build-box", "Host my-build-box twin"));
    Path role =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata: {name: several}
            spec:
              role: You work.
              tools: [{type: shell, sandboxes: [build, twin, here]}]
              security:
                sandboxes:
                  default: build
                  build: {backend: ssh, ssh: {host: my-build-box, config_file: CONFIG}}
                  twin: {backend: ssh, ssh: {host: twin, config_file: CONFIG}}
                  here: {backend: none}
            """
                .replace("CONFIG", configuration.toString()));

    assertThat(console.run("doctor", role.toString())).isZero();
    assertThat(console.stdout())
        .contains(
            "Role\n  note     same host    build and twin are the same account of the same machine"
                + " (ssh -G)\n");

    console();
    assertThat(console.run("doctor", role.toString(), "--sandbox", "twin")).isZero();
    assertThat(console.stdout()).doesNotContain("my-build-box", "same host");
  }

  @Test
  void aDirectoryThatIsNotThereIsWhatIsMissingWhateverStartsTheCommands() throws Exception {
    for (String launcher : List.of("none", "bwrap", "docker", "slurm")) {
      console();
      assertThat(
              doctor(
                  SshdExtension.HOST,
                  "remote_cwd: /no/such\n" + " ".repeat(8) + "launcher: " + launcher))
          .isEqualTo(ExitCodes.FAILED);
      String missing = "commands cannot start in '/no/such' on " + SshdExtension.HOST;
      assertThat(console.stdout())
          .contains("  ok       connect ", "  missing  directory    " + missing)
          .contains("Role\n  missing  sandbox      " + missing)
          .doesNotContain("null", "python3", "PATH there");
    }
  }

  @Test
  void eachOfSeveralSandboxesIsLookedAtAndOneThatIsNamedAlone() throws Exception {
    Path role = directory.resolve("several.yaml");
    Files.writeString(
        role,
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata: {name: two}
        spec:
          role: You build.
          security:
            sandboxes:
              default: build
              down: {backend: ssh, ssh: {host: no-such-host.invalid}}
              build:
                backend: ssh
                ssh: {host: %s, config_file: %s, remote_cwd: %s, workspace: {local: work}}
              here: {backend: none}
        """
            .formatted(SshdExtension.HOST, sshd.configFile(), directory.resolve("there")));
    Files.createDirectory(directory.resolve("work"));

    assertThat(console.run("doctor", role.toString())).isEqualTo(ExitCodes.FAILED);
    assertThat(console.stdout())
        .containsSubsequence(
            "This machine\n",
            "Sandbox build (my-build-box)\n  ok       connect ",
            "  note     directory    " + directory.resolve("there") + " is not there yet\n",
            "  note     sandbox ",
            "Sandbox down (no-such-host.invalid)\n  missing  connect ",
            "  missing  sandbox ",
            "Sandbox here (this machine)\n  ok       sandbox ");

    console();
    assertThat(console.run("doctor", role.toString(), "--sandbox", "here", "--json")).isZero();
    assertThat(console.stdout()).contains("\"where\" : \"Role\"").doesNotContain("my-build-box");
  }

  @Test
  void jsonHasEveryFinding() throws Exception {
    assertThat(console.run("doctor", "--json")).isZero();
    assertThat(console.stdout())
        .startsWith("{\n  \"findings\" : [ {\n    \"where\" : \"This machine\"")
        .contains("\"subject\" : \"bwrap\"", "\"isolation\" : \"container\"");
  }

  @Test
  void aFaultInTheRoleIsExit2() throws Exception {
    Path role = Files.writeString(directory.resolve("role.yaml"), "kind: Agent\n");
    assertThat(console.run("doctor", role.toString())).isEqualTo(ExitCodes.USAGE);
  }
}
