package initrunner.role.sandbox;

import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.FilePath;
import initrunner.schema.type.Flag;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Whole;
import initrunner.text.SafeText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// `spec.security.sandbox.ssh`.
public record SshSettings(
    String host,
    Optional<String> remoteCwd,
    Optional<Path> identityFile,
    Optional<Path> configFile,
    Duration connectTimeout,
    String controlPersist,
    Transport transport,
    boolean shellAhead,
    Launcher launcher,
    SlurmSettings slurm,
    Optional<WorkspaceSettings> workspace,
    Login login) {

  private static final String OPENSSH =
      "is not a key of a role; OpenSSH's configuration decides it, set %s for this Host";

  private static final Text HOST =
      Text.notBlank()
          .expanding()
          .with("begins with -", "a host that does not", host -> !host.startsWith("-"))
          .with("holds a blank or control character", "a host without", SshSettings::isOneWord);

  static final Field<Optional<String>> REMOTE_CWD =
      Field.optional(
          "remote_cwd",
          Text.notBlank().expanding(),
          "Where every remote command starts, the login directory if unset; a leading ~/ is the"
              + " remote home. Required with launcher bwrap and docker, and then no system"
              + " directory; required with a workspace.");

  static final Field<Launcher> LAUNCHER =
      Field.choice(
          "launcher",
          Launcher.NONE,
          "How commands start on the host: none as they are, bwrap or docker contained there,"
              + " slurm as jobs of its cluster.");

  static final Field<Optional<WorkspaceSettings>> WORKSPACE =
      Field.optional(
          "workspace",
          WorkspaceSettings.SECTION,
          "Tree of this machine that goes to remote_cwd before a run and comes back after it.");

  public static final Section<SshSettings> SECTION =
      Section.of(SshSettings::of)
          .refusing(
              "user",
              "is not a key of a role; write host: user@hostname, or set User for this Host")
          .refusing("port", OPENSSH.formatted("Port"))
          .refusing("proxy_jump", OPENSSH.formatted("ProxyJump"))
          .refusing("known_hosts", OPENSSH.formatted("UserKnownHostsFile"))
          .refusing("forward_agent", OPENSSH.formatted("ForwardAgent"))
          .refusing(
              "password",
              "is not a key of a role; put a key into ssh-agent with ssh-add, or write login: ask,"
                  + " which asks you at a terminal");

  /// Without a launcher and a workspace.
  public SshSettings(
      String host,
      Optional<String> remoteCwd,
      Optional<Path> identityFile,
      Optional<Path> configFile,
      Duration connectTimeout,
      String controlPersist,
      Transport transport) {
    this(
        host,
        remoteCwd,
        identityFile,
        configFile,
        connectTimeout,
        controlPersist,
        transport,
        SECTION.defaults().shellAhead(),
        Launcher.NONE,
        SlurmSettings.DEFAULT,
        Optional.empty(),
        Login.BATCH);
  }

  /// The same on another host.
  public SshSettings onHost(String other) {
    return new SshSettings(
        other,
        remoteCwd,
        identityFile,
        configFile,
        connectTimeout,
        controlPersist,
        transport,
        shellAhead,
        launcher,
        slurm,
        workspace,
        login);
  }

  /// Whether a host is one word of visible characters.
  public static boolean isOneWord(String host) {
    return host.codePoints()
        .noneMatch(
            c -> Character.isWhitespace(c) || Character.isSpaceChar(c) || SafeText.isInvisible(c));
  }

  /// The values of `login`.
  public enum Login {
    /// By what `ssh` does without a question.
    BATCH,
    /// It may ask the person at the terminal.
    ASK
  }

  /// The values of `launcher`.
  public enum Launcher {
    /// As they are: they may do all that the account may.
    NONE,
    /// Inside bubblewrap, on the host.
    BWRAP,
    /// Each in a container of its own, on the host.
    DOCKER,
    /// Each as a job of the cluster that the host is a login node of.
    SLURM
  }

  /// The values of `transport`.
  public enum Transport {
    /// Over one shared connection, or by a process for each command where the client cannot share.
    AUTO,
    /// By an `ssh` process for each command.
    PROCESS
  }

  private static SshSettings of(Fields f) {
    return new SshSettings(
        f.required(
            "host", HOST, "my-build-box", "Host alias of the ssh configuration, or user@hostname."),
        f.get(REMOTE_CWD),
        f.optional("identity_file", new FilePath(), "Private key for ssh -i; must exist."),
        f.optional(
            "config_file",
            new FilePath(Set.of(Path.of("/dev/null"))),
            "ssh configuration in place of ~/.ssh/config, for ssh -F; must exist; /dev/null for"
                + " none."),
        Duration.ofSeconds(
            f.get(
                "connect_timeout",
                Whole.atLeast(1, "seconds"),
                10,
                "Longest time for the connection.")),
        f.get(
            "control_persist",
            new OpenSshTime(),
            "60s",
            "How long the idle connection stays open between calls."),
        f.choice(
            "transport",
            Transport.AUTO,
            "auto shares one connection where the ssh client can; process starts an ssh for each"
                + " command."),
        f.get(
            "shell_ahead",
            new Flag(),
            true,
            "Whether a login shell may wait on the host for the next command."),
        f.get(LAUNCHER),
        f.get("slurm", SlurmSettings.SECTION, "Settings of launcher slurm."),
        f.get(WORKSPACE),
        f.choice(
            "login",
            Login.BATCH,
            "ask lets the login ask you at the terminal, once: a password, a code, a passphrase, a"
                + " new host key; batch never asks."));
  }
}
