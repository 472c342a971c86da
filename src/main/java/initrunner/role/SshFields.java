package initrunner.role;

import initrunner.schema.type.Choice;
import initrunner.schema.type.Field;
import initrunner.schema.type.FilePath;
import initrunner.schema.type.Flag;
import initrunner.schema.type.OpenSshTime;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Whole;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The declaration of `spec.security.sandbox.ssh`.
final class SshFields {

  static final Field<String> HOST =
      Field.required(
          "host",
          Text.notBlank()
              .expanding()
              .with("begins with -", "a host that does not", host -> !host.startsWith("-"))
              .with("holds a blank or control character", "a host without", SshSettings::isOneWord),
          "Host alias of the ssh configuration, or user@hostname.",
          "my-build-box");

  static final Field<Optional<String>> REMOTE_CWD =
      Field.nullable(
          "remote_cwd",
          Text.notBlank().expanding(),
          "Working directory of every remote command; the login directory where unset.");

  static final Field<Optional<Path>> IDENTITY_FILE =
      Field.nullable("identity_file", new FilePath(), "Private key for ssh -i.");

  static final Field<Optional<Path>> CONFIG_FILE =
      Field.nullable(
          "config_file",
          new FilePath(Set.of(Path.of("/dev/null"))),
          "ssh configuration in place of ~/.ssh/config.");

  static final Field<Integer> CONNECT_TIMEOUT =
      Field.optional(
          "connect_timeout", Whole.atLeast(1, "seconds"), 10, "Seconds for the connection.");

  static final Field<String> CONTROL_PERSIST =
      Field.optional(
          "control_persist",
          new OpenSshTime(),
          "60s",
          "How long the idle connection stays open between calls.");

  static final Field<SshSettings.Transport> TRANSPORT =
      Field.optional(
          "transport",
          Choice.of(SshSettings.Transport.values()),
          SshSettings.Transport.AUTO,
          "How commands travel: one shared connection, or an ssh process for each.");

  static final Field<Boolean> SHELL_AHEAD =
      Field.optional(
          "shell_ahead",
          new Flag(),
          true,
          "Whether a login shell may wait on the host for the next command.");

  static final Field<SshSettings.Launcher> LAUNCHER =
      Field.optional(
          "launcher",
          Choice.of(SshSettings.Launcher.values()),
          SshSettings.Launcher.NONE,
          "How commands are started on the host: as they are, or contained there.");

  static final Field<SlurmSettings> SLURM =
      Field.optional(
          "slurm", SlurmFields.SECTION, SlurmSettings.DEFAULT, "Settings of launcher slurm.");

  static final Section<SshSettings> SECTION =
      new Section<>(
          List.of(
              HOST,
              REMOTE_CWD,
              IDENTITY_FILE,
              CONFIG_FILE,
              CONNECT_TIMEOUT,
              CONTROL_PERSIST,
              TRANSPORT,
              SHELL_AHEAD,
              LAUNCHER,
              SLURM),
          refusals(),
          values ->
              new SshSettings(
                  values.get(HOST),
                  values.get(REMOTE_CWD),
                  values.get(IDENTITY_FILE),
                  values.get(CONFIG_FILE),
                  Duration.ofSeconds(values.get(CONNECT_TIMEOUT)),
                  values.get(CONTROL_PERSIST),
                  values.get(TRANSPORT),
                  values.get(SHELL_AHEAD),
                  values.get(LAUNCHER),
                  values.get(SLURM)));

  private SshFields() {}

  private static Map<String, String> refusals() {
    String config =
        "is not a key of a role; OpenSSH's configuration decides it, set %s for this Host";
    return Map.of(
        "user", "is not a key of a role; write host: user@hostname, or set User for this Host",
        "port", config.formatted("Port"),
        "proxy_jump", config.formatted("ProxyJump"),
        "known_hosts", config.formatted("UserKnownHostsFile"),
        "forward_agent", config.formatted("ForwardAgent"),
        "password", "is not a key of a role; put a key into ssh-agent with ssh-add");
  }
}
