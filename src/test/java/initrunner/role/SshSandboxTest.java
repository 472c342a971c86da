package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.sandbox.SandboxSettings.Network;
import initrunner.role.sandbox.SshSettings;
import initrunner.role.sandbox.WorkspaceSettings;
import initrunner.schema.ConfigException;
import initrunner.schema.ConfigFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What loads and what does not under `backend: ssh`.
class SshSandboxTest {

  private static final String PATH = "spec.security.sandbox.";

  @TempDir private Path directory;

  @Test
  void aHostIsEnoughAndTheDefaultsStay() throws IOException {
    SandboxSettings sandbox = load("on ssh", "");

    assertThat(sandbox.backend()).isEqualTo(Backend.SSH);
    assertThat(sandbox.readOnlyRootfs()).isTrue();
    assertThat(sandbox.network()).isEqualTo(Network.NONE);
  }

  @Test
  void networkHostLoads() throws IOException {
    assertThat(load("on ssh", "network: host").network()).isEqualTo(Network.HOST);
  }

  @Test
  void withoutAnSshBlockThereIsNoHost() throws IOException {
    assertThat(fault("sandbox", "backend: ssh"))
        .isEqualTo(
            "9:7: "
                + PATH
                + "ssh: sandbox.ssh is unset, and backend ssh needs a host; add ssh: with host: "
                + "my-build-box in it, beside backend");
  }

  @Test
  void anSshBlockOfNullIsAsNone() throws IOException {
    assertThat(fault("sandbox", "backend: ssh\nssh: null")).contains("sandbox.ssh is unset");
  }

  @Test
  void anEmptyHostIsNone() throws IOException {
    assertThat(fault("bare ssh", "host: ''")).startsWith("11:15: " + PATH + "ssh.host: is blank");
  }

  @Test
  void bindMountsAreNotSupported() throws IOException {
    assertThat(fault("on ssh", "bind_mounts:\n- {source: /a, target: /b}"))
        .isEqualTo(
            "12:7: "
                + PATH
                + "bind_mounts: bind_mounts is not supported by backend ssh: the two machines share no "
                + "filesystem; write local: true in the entry for a path of this machine, whose copy "
                + "is then staged there, or set ssh.launcher: bwrap or docker, with which it names "
                + "paths of that host");
  }

  @Test
  void aMountOfThisMachineLoadsWithoutALauncherToo() throws IOException {
    Files.createDirectories(directory.resolve("data"));
    Files.writeString(directory.resolve("run.py"), "");
    for (String target : List.of("/srv/data", "data", "a/b", "./x", "/work")) {
      String mount = "{source: data, target: " + target + ", local: true}";
      assertThat(load("on ssh", "bind_mounts: [" + mount + "]").bindMounts())
          .containsExactly(new SandboxSettings.BindMount("data", target, true, true));
    }
    assertThat(load("on ssh", mounts("run.py", "/srv/run.py")).bindMounts()).hasSize(1);
    for (String launcher : List.of("bwrap", "docker")) {
      assertThat(
              load("sandbox", remote(launcher, mounts("run.py", "/tools/other.py"))).bindMounts())
          .hasSize(1);
    }
    assertThat(load("sandbox", remote("slurm", mounts("data", "data"))).bindMounts()).hasSize(1);
    assertThat(load("sandbox", "backend: bwrap\n" + mounts("none", "/data")).bindMounts())
        .hasSize(1);
  }

  @Test
  void aCopyIsNotInAWorkspaceFromWhichItWouldComeBack() throws IOException {
    Files.createDirectories(directory.resolve("data"));
    String ssh = "backend: ssh\nssh: {host: box, remote_cwd: /srv/w/x, workspace: {local: data}}\n";
    for (String target : List.of("data", "/srv/w/x/y", "/srv/w")) {
      assertThat(fault("sandbox", ssh + mounts("data", target)))
          .contains("meets remote_cwd, whose files come back as the role's workspace");
    }
    assertThat(load("sandbox", ssh + mounts("data", "/srv/y")).bindMounts()).hasSize(1);
  }

  private static String mounts(String source, String target) {
    return "bind_mounts: [{source: %s, target: %s, local: true}]".formatted(source, target);
  }

  @Test
  void oneEntryOfTheHostIsRefusedBesideLocalOnes() throws IOException {
    Files.createDirectories(directory.resolve("data"));
    assertThat(
            fault(
                "on ssh",
                "bind_mounts:\n- {source: data, target: /srv/d, local: true}\n"
                    + "- {source: /a, target: /b, local: false}"))
        .contains("write local: true in the entry");
  }

  @Test
  void aLocalSourceIsThereAndMayLeaveThisMachine() throws IOException {
    Files.createDirectories(directory.resolve("home/.ssh"));
    Files.createSymbolicLink(directory.resolve("link"), Path.of("home/.ssh"));
    assertThat(fault("on ssh", mounts("none", "data")))
        .contains("bind_mounts[0].source: does not exist as " + directory.resolve("none"));
    assertThat(fault("on ssh", mounts("/dev/null", "/srv/null"))).contains("cannot be copied");
    assertThat(fault("on ssh", mounts("/", "data"))).contains("must not leave this machine");
    for (String kept : List.of("~/", "~/.ssh", "link", ".", "home")) {
      Path file = role("on ssh", mounts("'" + kept + "'", "data"));
      assertThat(
              catchThrowableOfType(
                      ConfigException.class,
                      () -> RoleLoader.load(file, directory.resolve("home"), Optional.empty()))
                  .faults())
          .as(kept)
          .singleElement()
          .asString()
          .contains("must not leave this machine");
    }
    assertThat(faults("sandbox", remote("docker", mounts("none", "/data"))))
        .singleElement()
        .asString()
        .contains("does not exist as");
  }

  @Test
  void aTargetWithoutALauncherIsNoSystemDirectoryAndHasTheFilesName() throws IOException {
    Files.createDirectories(directory.resolve("data"));
    Files.writeString(directory.resolve("run.py"), "");
    for (String target : List.of("/etc/x", "/", "/home/a/.ssh", ".config/x", ".ssh")) {
      assertThat(fault("on ssh", mounts("data", target)))
          .contains("bind_mounts[0].target: is a system directory of the host");
    }
    for (String target : List.of("../x", ".", "~/x", "a/../..")) {
      assertThat(fault("on ssh", mounts("data", target))).contains("is not below remote_cwd");
    }
    assertThat(fault("on ssh", mounts("run.py", "tools/other.py")))
        .contains("has another last name than the file that is copied")
        .contains("a path that ends in /run.py");
    assertThat(fault("sandbox", remote("bwrap", mounts("data", "data"))))
        .contains("is not absolute");
    assertThat(
            fault(
                "on ssh",
                "bind_mounts: [{source: data, target: a, local: true}, "
                    + "{source: data, target: ./b/../a, local: true}]"))
        .contains("duplicate target");
  }

  @Test
  void allowedReadPathsAreNotSupported() throws IOException {
    assertThat(fault("on ssh", "allowed_read_paths: [/srv]"))
        .isEqualTo("12:7: " + PATH + "allowed_read_paths: allowed_read_paths" + NO_FILES);
  }

  @Test
  void allowedWritePathsAreNotSupported() throws IOException {
    assertThat(fault("on ssh", "allowed_write_paths: [/srv]"))
        .isEqualTo("12:7: " + PATH + "allowed_write_paths: allowed_write_paths" + NO_FILES);
  }

  private static final String NO_FILES =
      " is not supported by backend ssh: the two machines share no filesystem; remove it, and put "
          + "files on the remote host ahead of time, or set ssh.launcher: bwrap or docker, with which "
          + "it names paths of that host";

  @Test
  void networkBridgeIsNotMeaningful() throws IOException {
    assertThat(fault("on ssh", "network: bridge"))
        .isEqualTo(
            "12:16: "
                + PATH
                + "network: network: bridge is not meaningful with backend ssh, which cannot "
                + "enforce a network policy on the remote host; write none (informational) or host, "
                + "or set ssh.launcher: docker");
  }

  @Test
  void bubblewrapHasNoBridge() throws IOException {
    String why =
        "network: network: bridge is unavailable with bubblewrap, which has no network or the host's; "
            + "write none or host, or use docker";
    assertThat(fault("sandbox", "backend: bwrap\nnetwork: bridge")).endsWith(PATH + why);
    assertThat(fault("sandbox", remote("bwrap", "network: bridge"))).endsWith(PATH + why);
    for (String other : List.of("docker", "auto")) {
      assertThat(load("sandbox", "backend: " + other + "\nnetwork: bridge").network())
          .isEqualTo(SandboxSettings.Network.BRIDGE);
    }
    assertThat(load("sandbox", remote("docker", "network: bridge")).network())
        .isEqualTo(SandboxSettings.Network.BRIDGE);
  }

  @Test
  void aPathOfAnotherMachineIsAbsolute() throws IOException {
    String lines =
        "bind_mounts: [{source: data, target: /data}]\nallowed_read_paths: [/a, b]\n"
            + "allowed_write_paths: [./c]";
    for (String launcher : List.of("bwrap", "docker")) {
      assertThat(faults("sandbox", remote(launcher, lines)))
          .allSatisfy(fault ->
              assertThat(fault.toString()).contains("is relative, got").contains("remote host"))
          .extracting(ConfigFault::path)
          .containsExactly(
              PATH + "bind_mounts[0].source",
              PATH + "allowed_read_paths[1]",
              PATH + "allowed_write_paths[0]");
    }
    assertThat(load("sandbox", "backend: bwrap\n" + lines).bindMounts()).hasSize(1);
  }

  private static String remote(String launcher, String lines) {
    return "backend: ssh\nssh: {host: box, remote_cwd: /srv/w, launcher: "
        + launcher
        + "}\n"
        + lines;
  }

  @Test
  void aLauncherThatContainsNeedsADirectory() throws IOException {
    for (String launcher : List.of("bwrap", "docker")) {
      assertThat(fault("ssh", "launcher: " + launcher))
          .endsWith(
              PATH
                  + "ssh.launcher: "
                  + launcher
                  + " without remote_cwd would give commands the whole home directory there, with "
                  + "its keys, as /work; write beside it remote_cwd: and a directory there, as "
                  + "~/agent, or remote_cwd: \"~\" (in quotes) to give them all of it");
      assertThat(fault("ssh", "launcher: " + launcher + "\nremote_cwd: ~"))
          .contains("without remote_cwd");
      for (String directory : List.of("'~'", "~/agent", "agent", "/srv/x")) {
        String lines = "launcher: " + launcher + "\nremote_cwd: " + directory;
        assertThat(load("ssh", lines).ssh().orElseThrow().remoteCwd()).isPresent();
      }
      for (String directory : List.of("/", "/srv/../etc/", "/root")) {
        assertThat(fault("ssh", "launcher: " + launcher + "\nremote_cwd: " + directory))
            .contains(
                "ssh.remote_cwd: is a system directory of the host, and commands could write in it "
                    + "as /work, got \""
                    + directory
                    + "\"");
      }
    }
    for (String launcher : List.of("none", "slurm")) {
      assertThat(load("ssh", "launcher: " + launcher).ssh().orElseThrow().remoteCwd()).isEmpty();
    }
  }

  @Test
  void emptyListsOfWhatIsNotSupportedLoad() throws IOException {
    String lines = "bind_mounts: []\nallowed_read_paths: []\nallowed_write_paths: []";

    assertThat(load("on ssh", lines).bindMounts()).isEmpty();
  }

  @Test
  void allThatIsNotSupportedIsRefusedAtOnceEvenIfItHasOtherFaults() throws IOException {
    String lines =
        "bind_mounts: [5]\nallowed_read_paths: [6]\nallowed_write_paths: [/]\nnetwork: bridge";

    assertThat(faults("on ssh", lines))
        .extracting(ConfigFault::path)
        .containsExactly(
            PATH + "bind_mounts",
            PATH + "bind_mounts[0]",
            PATH + "allowed_read_paths",
            PATH + "allowed_read_paths[0]",
            PATH + "allowed_write_paths",
            PATH + "network");
  }

  @Test
  void whatHasNoEffectLoads() throws IOException {
    String lines =
        """
        read_only_rootfs: false
        memory_limit: 2G
        cpu_limit: 0.5
        env_passthrough: [LANG]
        docker:
          image: debian
          user: null
          runtime: runsc
          extra_args: [--pids-limit=9, --read-only]
        """;

    SandboxSettings sandbox = load("on ssh", lines);

    assertThat(sandbox.memoryLimit()).isEqualTo("2G");
    assertThat(sandbox.docker().user()).isEmpty();
    assertThat(sandbox.docker().runtime()).contains("runsc");
  }

  @Test
  void everyFieldLoads() throws IOException {
    Path home = Files.createDirectories(directory.resolve("home"));
    Path key = Files.writeString(home.resolve("id"), "");
    Path config = Files.writeString(directory.resolve("config"), "");
    String lines =
        """
        remote_cwd: ~/my work
        identity_file: ~/id
        config_file: ./config
        connect_timeout: "5"
        control_persist: 1h30m
        transport: process
        """;
    Path file = Files.writeString(directory.resolve("r.yaml"), Snippet.at("ssh").roleWith(lines));

    assertThat(RoleLoader.load(file, home, Optional.empty()).sandbox().ssh())
        .contains(
            new SshSettings(
                "my-build-box",
                Optional.of("~/my work"),
                Optional.of(key),
                Optional.of(config),
                Duration.ofSeconds(5),
                "1h30m",
                SshSettings.Transport.PROCESS));
  }

  @Test
  void aWorkspaceIsADirectoryOfTheProjectAndHoldsNoKeys() throws IOException {
    Path home = Files.createDirectories(directory.resolve("home"));
    Files.createDirectories(home.resolve(".ssh/inner"));
    Files.createDirectory(home.resolve(".initrunner"));
    Files.createDirectories(home.resolve("project/tree"));
    Files.createSymbolicLink(home.resolve("project/all"), home);
    Path file = home.resolve("project/r.yaml");
    String path = "spec.security.sandbox.ssh.workspace.local: ";
    Map<String, String> faults =
        Map.of(
            "~/.ssh", "is ~/.ssh, whose files stay here",
            "~/.ssh/inner", "is ~/.ssh, whose files stay here",
            "~/.initrunner", "is ~/.initrunner, whose files stay here",
            "..", "holds the whole home directory, with its keys",
            "all", "holds the whole home directory, with its keys",
            "none", "does not exist as " + home.resolve("project/none"));
    for (Map.Entry<String, String> each : faults.entrySet()) {
      Files.writeString(file, workspace(each.getKey()));
      assertThatThrownBy(() -> RoleLoader.load(file, home, Optional.empty()))
          .hasMessageContaining(path + each.getValue());
    }
    for (String good : List.of("tree", "~/project/tree", "./tree/../tree")) {
      Files.writeString(file, workspace(good));
      assertThat(WorkspaceSettings.of(RoleLoader.load(file, home, Optional.empty()).sandbox()))
          .contains(
              new WorkspaceSettings(
                  home.resolve("project/tree"),
                  WorkspaceSettings.Push.BEFORE_RUN,
                  WorkspaceSettings.Pull.AFTER_RUN,
                  List.of("*.log")));
    }
  }

  private static String workspace(String local) {
    return Snippet.at("ssh")
        .roleWith("remote_cwd: ~/agent\nworkspace: {local: '" + local + "', exclude: ['*.log']}\n");
  }

  @Test
  void anSshBlockIsKeptUnderAnotherBackend() throws IOException {
    SandboxSettings sandbox = load("sandbox", "backend: docker\nssh: {host: box}");

    assertThat(sandbox.ssh().map(SshSettings::host)).contains("box");
  }

  @Test
  void mountsLoadUnderAnotherBackend() throws IOException {
    String lines =
        """
        backend: bwrap
        network: host
        allowed_write_paths: [/srv/data, build]
        bind_mounts:
          - {source: /etc, target: /host-etc}
          - {source: /srv/x, target: /x, read_only: false}
        """;

    assertThat(load("sandbox", lines).bindMounts()).hasSize(2);
  }

  private SandboxSettings load(String place, String lines) throws IOException {
    return SchemaOfRoles.load(role(place, lines)).sandbox();
  }

  private String fault(String place, String lines) throws IOException {
    List<ConfigFault> faults = faults(place, lines);
    assertThat(faults).hasSize(1);
    ConfigFault only = faults.getFirst();
    return only.toString().substring(only.file().toString().length() + 1);
  }

  private List<ConfigFault> faults(String place, String lines) throws IOException {
    Path file = role(place, lines);
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> RoleLoader.load(file));
    assertThat(refused).as("the role loads").isNotNull();
    return refused.faults();
  }

  private Path role(String place, String lines) throws IOException {
    return Files.writeString(directory.resolve("role.yaml"), Snippet.at(place).roleWith(lines));
  }
}
