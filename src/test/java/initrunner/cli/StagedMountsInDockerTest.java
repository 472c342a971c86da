package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.ExitCodes;
import initrunner.launch.DockerExtension;
import initrunner.ssh.SshdExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Paths of this machine in containers of a host.
@Timeout(120)
class StagedMountsInDockerTest {

  @Order(1)
  @RegisterExtension
  static final DockerExtension DOCKER = new DockerExtension();

  @Order(2)
  @RegisterExtension
  static final SshdExtension SSHD =
      new SshdExtension().withEnvironment("DOCKER_HOST=" + DOCKER.host());

  @TempDir private Path directory;

  @Test
  void aContainerReadsOneCopyAndWritesTheOtherWhichComesBack() throws Exception {
    Files.createDirectories(SSHD.home().resolve("work"));
    Path project = Files.createDirectories(directory.resolve("project"));
    Files.writeString(project.resolve("a.txt"), "one\n");
    Path notes = Files.createDirectories(project.resolve("notes"));
    Files.writeString(notes.resolve("n"), "first\n");
    Path role =
        Files.writeString(
            project.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata:
              name: builder
            spec:
              role: You build.
              security:
                sandbox:
                  backend: ssh
                  docker: {image: %s}
                  ssh:
                    host: %s
                    config_file: %s
                    remote_cwd: ~/work
                    launcher: docker
                  bind_mounts:
                    - {source: a.txt, target: /in/b.txt, local: true}
                    - {source: notes, target: /notes, local: true, read_only: false}
            """
                .formatted(DockerExtension.IMAGE, SshdExtension.HOST, SSHD.configFile()));
    CapturedConsole console =
        CapturedConsole.of(Map.of("INITRUNNER_HOME", directory.resolve("home").toString()));

    int status =
        console.run(
            "exec",
            role.toString(),
            "--",
            "sh",
            "-c",
            "cat /in/b.txt; echo x >/in/b.txt; echo second >>/notes/n");

    assertThat(console.stderr()).contains("Read-only file system").doesNotContain("Error:");
    assertThat(console.stdout()).isEqualTo("one\n");
    assertThat(status).isEqualTo(ExitCodes.OK);
    assertThat(notes.resolve("n")).hasContent("first\nsecond");
  }
}
