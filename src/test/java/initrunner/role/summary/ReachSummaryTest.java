package initrunner.role.summary;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.RoleLoader;
import initrunner.role.sandbox.SshPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A role's summary has every way in which it reaches beyond its sandbox.
class ReachSummaryTest {

  @TempDir private Path directory;

  @BeforeEach
  void makeFiles() throws IOException {
    Files.writeString(
        directory.resolve("ssh_config"),
        """
        # ProxyCommand in a comment
        Host *
          ProxyCommand nc %h %p
        Match host box exec "touch made"
          User me
          "KnownHostsCommand" = none
          PKCS11Provider=/tmp/x.so
        Include other
        """);
    Files.writeString(directory.resolve("key"), "");
    Files.createDirectory(directory.resolve("data"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "security: {sandbox: {backend: bwrap, allowed_read_paths: [data, /opt/x]}}"
            + "|Commands can read, of this machine: data, /opt/x.",
        "security: {sandbox: {backend: docker, allowed_write_paths: [data]}}"
            + "|Commands can write to, of this machine: data.",
        "security: {sandbox: {backend: auto, bind_mounts: [{source: data, target: /d}, "
            + "{source: data, target: /e, read_only: false}]}}"
            + "|Mounted from this machine: data as /d, to be read, data as /e, to be read and"
            + " written.",
        "security: {sandbox: {backend: bwrap}}"
            + "|Commands can write to the role's directory, {DIR}, as /work.",
        "security: {sandbox: {backend: bwrap, env_passthrough: [TZ, LESS]}}"
            + "|Commands get the variables TZ, LESS.",
        "security: {sandbox: {secret_env: [DEPLOY]}}|Its tools get the secrets DEPLOY.",
        "security: {sandbox: {backend: docker, read_only_rootfs: false}}"
            + "|A container's own files can be changed (read_only_rootfs: false).",
        "security: {sandbox: {backend: docker, docker: {extra_args: [--shm-size=1g]}}}"
            + "|Docker also gets the options --shm-size=1g.",
        "security: {sandbox: {backend: docker, docker: {user: '0:0'}}}|A container's user is 0:0.",
        "security: {sandbox: {backend: ssh, ssh: {host: box, launcher: docker, remote_cwd: /srv/x}, "
            + "allowed_write_paths: [/data/y]}}|Commands can write to, of the host: /data/y.",
        "security: {sandbox: {backend: ssh, ssh: {host: box, remote_cwd: ~/a, workspace: {local:"
            + " data, exclude: [build]}}}}|Before a run, the files of {DIR}/data go there, also what"
            + " is removed.",
        "security: {sandbox: {backend: ssh, ssh: {host: box, remote_cwd: ~/a, workspace: {local:"
            + " data, exclude: [build]}}}}|After a run, what its tools changed or removed there is"
            + " changed or removed in {DIR}/data.",
        "security: {sandbox: {backend: ssh, ssh: {host: box, remote_cwd: ~/a, workspace: {local:"
            + " data, exclude: [build, x/y]}}}}|Of these files, it leaves out build, x/y.",
        "security: {sandbox: {backend: ssh, ssh: {host: box, remote_cwd: ~/a, workspace: {local:"
            + " data, push: never, pull: never}}}}|No file of {DIR}/data goes there.",
        "security: {sandbox: {backend: ssh, ssh: {host: box, remote_cwd: ~/a, workspace: {local:"
            + " data, push: never, pull: never}}}}|Nothing comes back to {DIR}/data.",
        "security: {sandbox: {backend: ssh, ssh: {host: box}, bind_mounts: [{source: data, target: d, "
            + "local: true}, {source: key, target: /srv/key, local: true, read_only: false}]}}"
            + "|Copied from this machine to the host: data as d, to be read, key as /srv/key, to be"
            + " read and written.",
        "security: {sandbox: {backend: ssh, ssh: {host: box, identity_file: key}}}"
            + "|ssh logs in with the key in {DIR}/key.",
        "security: {sandbox: {backend: ssh, ssh: {host: box, config_file: ssh_config}}}"
            + "|ssh is configured by {DIR}/ssh_config in place of your own configuration.",
        "security: {sandbox: {backend: ssh, ssh: {host: box, config_file: ssh_config}}}"
            + "|reaches the host: ProxyCommand (line 3), Match exec (line 4), PKCS11Provider (line 7), "
            + "Include, whose files are not examined (line 8).",
        "security: {tools: {sensitive_env_prefixes: []}}"
            + "|No variable counts as a secret by how its name begins (sensitive_env_prefixes: []).",
        "security: {tools: {sensitive_env_suffixes: []}}"
            + "|No variable counts as a secret by how its name ends (sensitive_env_suffixes: []).",
        "security: {tools: {sensitive_env_suffixes: [_X]}}"
            + "|Of secrets, only variables whose names end with _X are known by that",
        "security: {tools: {env_allowlist: [AWS_REGION]}}"
            + "|Variables of these names count as no secret: AWS_REGION (env_allowlist).",
        "model: {provider: openai, name: m, api_key_env: CORP_LLM_AUTH}"
            + "|Its model's server gets the key in CORP_LLM_AUTH.",
        "model: {provider: a, name: m, base_url: 'http://b/v1', extra_headers: {A: '${X}-${Y}'}, "
            + "extra_body: {b: [{c: '${Z}'}]}}"
            + "|Its model's server gets the variables X, Y, Z.",
        "model: {provider: a, name: m, base_url: 'http://b/v1'}|uses a/m at http://b/v1.",
      })
  void eachIsNamed(String fields, String sentence) throws IOException {
    assertThat(summary(fields)).contains(sentence.replace("{DIR}", directory.toString()));
  }

  @Test
  void eachOfSeveralSandboxesSaysWhatItReaches() throws IOException {
    String said =
        summary(
            """
            security:
                sandboxes:
                  default: build
                  build: {backend: ssh, ssh: {host: build, config_file: ssh_config}}
                  gpu:
                    backend: ssh
                    ssh: {host: gpu, config_file: ssh_config, remote_cwd: ~/w, workspace: {local: data}}
                    bind_mounts: [{source: data, target: /srv/data, local: true, read_only: false}]
                  here: {backend: bwrap, allowed_write_paths: [data]}
            """);

    assertThat(said.lines())
        .contains(
            "Sandbox gpu: Copied from this machine to the host: data as /srv/data, to be read and"
                + " written.",
            "Sandbox gpu: Before its first call, the files of "
                + directory.resolve("data")
                + " go there, also what is removed.",
            "Sandbox here: Commands can write to, of this machine: data.")
        .anySatisfy(line -> assertThat(line).startsWith("Sandbox build: ssh is configured by "))
        .anySatisfy(
            line -> assertThat(line).startsWith("Sandbox gpu: That file has ssh start programs"));
  }

  @Test
  void nothingThatTheConfigurationNamesIsStarted() throws IOException {
    String said =
        summary("security: {sandbox: {backend: ssh, ssh: {host: box, config_file: ssh_config}}}");

    assertThat(said).contains("Match exec");
    assertThat(directory.resolve("made")).doesNotExist();
  }

  /// As OpenSSH 9.2 reads them: each of these lines has an effect there.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ProxyCommand{CR}COMMAND|ProxyCommand (line 2)",
        "{CR} ProxyCommand COMMAND|ProxyCommand (line 2)",
        "User me{CR}ProxyCommand COMMAND|''",
        "SmartcardDevice /tmp/x.so|PKCS11Provider (line 2)",
        "ProxyCommand none|''",
        "ProxyCommand = NONE|''",
        "ProxyCommand \"none\"|ProxyCommand (line 2)",
        "\"ProxyCommand\" none|''",
        "ForwardAgent true|ForwardAgent (line 2)",
        "ForwardAgent /tmp/socket|ForwardAgent (line 2)",
        "ForwardAgent \"no\"|''",
      })
  void aLineOfTheConfigurationMeansWhatItMeansToSsh(String line, String shown) throws IOException {
    String text = "Host *\n" + line.replace("{CR}", "\r") + "\n";
    Path file = Files.writeString(directory.resolve("lines"), text);

    assertThat(String.join("; ", SshPrograms.in(file))).isEqualTo(shown);
  }

  @Test
  void whatIsNotLookedAtOfTheConfigurationIsSaid() throws IOException {
    Path file = directory.resolve("long");
    Files.writeString(file, "ProxyJump a\n" + "#".repeat(1 << 20) + "\nProxyCommand COMMAND\n");

    assertThat(SshPrograms.in(file))
        .containsExactly("ProxyJump (line 1)", "what follows its first MiB, which is not examined");
    assertThat(SshPrograms.in(directory))
        .containsExactly(
            "unknown programs, as the file cannot be read ("
                + directory
                + ": is a directory, not a regular file)");
    assertThat(SshPrograms.in(directory.resolve("none")))
        .containsExactly("unknown programs, as the file cannot be read (it is missing)");
  }

  @Test
  void aRoleThatReachesNothingSaysNothingOfIt() throws IOException {
    assertThat(summary("security: {sandbox: {backend: ssh, ssh: {host: box}}}").lines())
        .noneMatch(line ->
            List.of("Commands ", "Mounted", "ssh ", "Variables", "No variable").stream()
                .anyMatch(line::startsWith));
  }

  private String summary(String fields) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata: {name: an-agent}
            spec:
              role: You build.
              %s
            """
                .formatted(fields));
    return RoleSummary.of(RoleLoader.load(file));
  }
}
