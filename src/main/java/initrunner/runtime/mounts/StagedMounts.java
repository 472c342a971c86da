package initrunner.runtime.mounts;

import initrunner.exec.TransportException;
import initrunner.exec.transport.Transport;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Probe;
import initrunner.role.Role;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.sandbox.SandboxSettings.BindMount;
import initrunner.role.sandbox.SshSettings;
import initrunner.runtime.confine.RoleContainment;
import initrunner.runtime.confine.SandboxHost;
import initrunner.text.Sha256;
import initrunner.transfer.Exchange;
import initrunner.transfer.Exchange.Trees;
import initrunner.transfer.tree.TransferException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The mounts of a role whose sources are on this machine while its commands run on a host: each
/// has a copy there before the first command starts.
///
/// With a launcher that mounts, a copy that commands may only read is in a store by its content,
/// and each role and source has one working copy that they may write. Without one, the copy is at
/// the target itself. Safe for many threads.
public final class StagedMounts {

  /// A source may change while it is read.
  private static final int ATTEMPTS = 3;

  private static final int DIGITS = 32;

  private final Role role;
  private final SandboxSettings settings;
  private final SshSettings ssh;
  private final Path home;
  private final Supplier<String> hostName;
  private volatile TransferRecorder recorder = TransferRecorder.NONE;
  private volatile boolean areThere;

  private StagedMounts(Role role, SshSettings ssh, Path home, Supplier<String> hostName) {
    this.role = role;
    this.settings = role.sandbox();
    this.ssh = ssh;
    this.home = home;
    this.hostName = hostName;
  }

  /// The local mounts of a role; empty if it has none. Nothing is copied yet.
  ///
  /// @param home the user's directory of this product, in which the states of last exchanges are
  /// @param hostName what the host is reached as; it names these states, and may block
  public static Optional<StagedMounts> of(Role role, Path home, Supplier<String> hostName) {
    return role.sandbox()
        .ssh()
        .filter(_ -> local(role.sandbox()).findAny().isPresent())
        .map(ssh -> new StagedMounts(role, ssh, home, hostName));
  }

  /// Whether commands on a host may change copies of files of this machine.
  public static boolean comeBack(Role role) {
    return local(role.sandbox()).anyMatch(mount -> !mount.readOnly());
  }

  private static Stream<BindMount> local(SandboxSettings settings) {
    return settings.bindMounts().stream()
        .filter(mount -> settings.backend() == Backend.SSH && mount.local());
  }

  /// Has each transfer recorded from now on.
  public void recordedBy(TransferRecorder other) {
    recorder = other;
  }

  /// Whether all copies have been brought, so that commands may have changed them.
  public boolean areThere() {
    return areThere;
  }

  /// The copies that commands may change: what changed there comes back from these.
  ///
  /// @throws LauncherUnavailableException if a source is not there
  public List<Trees> writable() {
    return local(settings).filter(mount -> !mount.readOnly()).map(this::workingTrees).toList();
  }

  private boolean isMounted() {
    return switch (ssh.launcher()) {
      case BWRAP, DOCKER -> true;
      case NONE, SLURM -> false;
    };
  }

  private LocalSource source(BindMount mount) {
    String written = mount.source();
    Path path =
        written.startsWith("~/")
            ? Path.of(System.getProperty("user.home")).resolve(written.substring(2))
            : Path.of(written);
    return LocalSource.of(Path.of(RoleContainment.directoryOf(role)).resolve(path), home);
  }

  private Trees workingTrees(BindMount mount) {
    return isMounted() ? workingCopy(mount, source(mount)) : atTarget(mount, source(mount));
  }

  private static Trees atTarget(BindMount mount, LocalSource source) {
    String target = mount.target();
    return new Trees(
        source.root(), source.only().isEmpty() ? target : parent(target), source.selection());
  }

  private static String parent(String target) {
    Path parent = Path.of(target).normalize().getParent();
    return parent == null ? "." : parent.toString();
  }

  /// Two machines that log in to one account have working copies of their own.
  private Trees workingCopy(BindMount mount, LocalSource source) {
    String all =
        OwnMachine.name(home)
            + "\0"
            + role.file().toAbsolutePath().normalize()
            + "\0"
            + source.path()
            + "\0"
            + mount.target();
    String key = Sha256.hex(all.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
    return new Trees(source.root(), Store.WORKING_COPIES + key + Store.TREE, source.selection());
  }

  /// Brings all copies to the host. Blocks until they are there.
  ///
  /// @return the role's settings, in which the sources of these mounts are the copies
  /// @throws LauncherUnavailableException if a copy cannot be made, or something else changed it
  /// @throws TransportException if the host cannot be reached
  public SandboxSettings stage(Transport transport, Probe probe) {
    Copying copying = copying(transport);
    try {
      SandboxSettings staged = settings.mounting(brought(copying, probe));
      areThere = true;
      return staged;
    } catch (TransferException e) {
      throw unstaged(e);
    } catch (UncheckedIOException e) {
      throw unstaged(TransferException.here("a source cannot be read", e));
    }
  }

  private List<BindMount> brought(Copying copying, Probe probe) {
    if (isMounted()) {
      return mounted(copying, probe);
    }
    local(settings).forEach(mount -> bringToTarget(mount, copying));
    return List.of();
  }

  private static LauncherUnavailableException unstaged(TransferException failure) {
    return new LauncherUnavailableException(
        "the mounts cannot be staged: " + failure.getMessage(), failure.remedy());
  }

  private Copying copying(Transport transport) {
    String name = hostName.get();
    return new Copying(
        states -> new Exchange(transport, name, Optional.empty(), states),
        home.resolve("exchanges"),
        recorder,
        new SandboxHost("ssh", Optional.of(ssh.host()), ssh.remoteCwd())
            .among(role.security().sandboxName()));
  }

  private void bringToTarget(BindMount mount, Copying copying) {
    Trees trees = atTarget(mount, source(mount));
    if (mount.readOnly()) {
      copying.bring(trees);
    } else {
      copying.bringWorkingCopy(trees);
    }
  }

  private List<BindMount> mounted(Copying copying, Probe probe) {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      Map<BindMount, Content> contents = new HashMap<>();
      local(settings)
          .filter(BindMount::readOnly)
          .forEach(mount -> contents.put(mount, Content.of(source(mount))));
      String homeThere =
          Store.sweep(probe, contents.values().stream().map(Content::name).distinct().toList());
      boolean isWhole = true;
      for (Content content : contents.values()) {
        isWhole &= content.isBrought(copying, probe);
      }
      if (isWhole) {
        return settings.bindMounts().stream()
            .map(mount ->
                mount.local()
                    ? at(homeThere + copy(mount, contents, copying).substring(1), mount)
                    : mount)
            .toList();
      }
    }
    throw new TransferException(
        "a source changes again and again while it is copied",
        "Wait until the program that writes it has ended.");
  }

  private static BindMount at(String source, BindMount mount) {
    return new BindMount(source, mount.target(), mount.readOnly(), false);
  }

  /// The copy's path below `~`.
  private String copy(BindMount mount, Map<BindMount, Content> contents, Copying copying) {
    Content content = contents.get(mount);
    if (content != null) {
      return content.source().pathIn(content.trees().there());
    }
    LocalSource source = source(mount);
    Trees trees = workingCopy(mount, source);
    copying.bringWorkingCopy(trees);
    return source.pathIn(trees.there());
  }
}
