package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.model.TestModels;
import initrunner.role.sandbox.DockerSettings;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.sandbox.SandboxSettings.Network;
import initrunner.role.sandbox.SshSettings;
import initrunner.role.tools.ShellSettings;
import initrunner.role.tools.ToolGrant;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The smallest useful role, as the documentation gives it.
class QuickStartTest {

  @Test
  void loadsAsWrittenWithEveryDefault() throws URISyntaxException {
    Path file = file();

    assertThat(RoleLoader.load(file))
        .isEqualTo(
            new Role(
                file,
                new Metadata("remote-build-agent", "", List.of(), "", "", ""),
                "You are a build assistant that runs commands on the build host.",
                Optional.of(
                    TestModels.settings(
                        "openai", "gpt-5-mini", Optional.empty(), Optional.empty(), 0.1, 4096)),
                List.of(
                    new ToolGrant(
                        new ShellSettings(
                            List.of(),
                            List.of(
                                "rm",
                                "mkfs",
                                "dd",
                                "fdisk",
                                "parted",
                                "mount",
                                "umount",
                                "shutdown",
                                "reboot",
                                "halt",
                                "poweroff",
                                "chmod",
                                "chown",
                                "passwd",
                                "useradd",
                                "userdel",
                                "sudo",
                                "su"),
                            Optional.empty(),
                            Duration.ofSeconds(30),
                            102_400))),
                new Security(
                    new SandboxSettings(
                        Backend.SSH,
                        Network.NONE,
                        List.of(),
                        List.of(),
                        "256m",
                        1.0,
                        Optional.empty(),
                        Optional.empty(),
                        true,
                        List.of(),
                        List.of(),
                        List.of(),
                        SandboxSettings.LimitPolicy.ENFORCE,
                        SandboxSettings.AskedLimits.NONE,
                        new DockerSettings(
                            "python:3.12-slim", Optional.of("auto"), List.of(), Optional.empty()),
                        Optional.of(
                            new SshSettings(
                                "my-build-box",
                                Optional.of("/srv/work"),
                                Optional.empty(),
                                Optional.empty(),
                                Duration.ofSeconds(10),
                                "60s",
                                SshSettings.Transport.AUTO)))),
                new Guardrails(
                    Duration.ofSeconds(300),
                    20,
                    30,
                    new Guardrails.TokenLimits(
                        50_000,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                    Optional.empty()),
                Execution.DEFAULT));
  }

  private static Path file() throws URISyntaxException {
    URL resource = QuickStartTest.class.getResource("quick-start.yaml");
    return Path.of(Objects.requireNonNull(resource).toURI());
  }
}
