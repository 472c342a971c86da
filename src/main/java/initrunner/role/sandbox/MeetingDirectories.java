package initrunner.role.sandbox;

import initrunner.schema.type.Decoding;
import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Refuses directories of two sandboxes on one host that meet, where files come back from them: the
/// work in one would come back as that of the other. Compares hosts as they are written.
final class MeetingDirectories {

  private static final Path HOME_THERE = Path.of("~");

  /// A directory of a host in which a sandbox keeps a copy of files of this machine.
  ///
  /// @param at where the role names it
  /// @param comesBack whether what commands change in it does
  /// @param source of a mount; empty for a workspace
  private record Copy(
      String sandbox,
      String host,
      Path path,
      YamlValue at,
      boolean comesBack,
      Optional<String> source) {

    boolean meets(Copy other) {
      return host.equals(other.host)
          && (path.startsWith(other.path) || other.path.startsWith(path));
    }

    /// Whether it is the same copy of the same files.
    boolean isOf(Copy other) {
      return source.isPresent() && source.equals(other.source) && path.equals(other.path);
    }
  }

  private MeetingDirectories() {}

  /// @param sandboxes by name
  static void refuse(Map<String, YamlValue> sandboxes, Decoding decoding) {
    List<Copy> before = new ArrayList<>();
    sandboxes.forEach((name, sandbox) -> {
      List<Copy> own = copies(name, sandbox).toList();
      for (Copy copy : own) {
        before.stream()
            .filter(other -> copy.meets(other) && !copy.isOf(other))
            .filter(other -> copy.comesBack() || other.comesBack())
            .findFirst()
            .ifPresent(other -> refuse(copy, other, decoding));
      }
      before.addAll(own);
    });
  }

  private static void refuse(Copy copy, Copy other, Decoding decoding) {
    decoding.refuse(
        copy.at(),
        "meets a directory of sandbox "
            + other.sandbox()
            + " on the same host, on line "
            + other.at().node().at().line()
            + ", and files come back from there",
        "a directory of its own for each",
        "name another, or leave the files to one of the two");
  }

  private static Stream<Copy> copies(String name, YamlValue sandbox) {
    Optional<YamlValue> ssh =
        sandbox
            .child(SandboxSettings.SSH.key())
            .filter(block ->
                isWritten(sandbox, SandboxSettings.BACKEND.key(), "ssh")
                    && block.kind() == YamlKind.MAPPING);
    if (ssh.isEmpty()) {
      return Stream.empty();
    }
    String host = host(ssh.get());
    Optional<YamlValue> start = ssh.get().child(SshSettings.REMOTE_CWD.key());
    Optional<Path> startsIn = start.map(each -> path(HOME_THERE, each));
    Stream<Copy> workspace =
        ssh.get().child(SshSettings.WORKSPACE.key()).stream()
            .flatMap(_ -> startsIn.stream())
            .map(path -> new Copy(name, host, path, start.get(), true, Optional.empty()));
    Stream<Copy> mounts =
        isMounted(ssh.get())
            ? Stream.empty()
            : sandbox.child(SandboxSettings.BIND_MOUNTS.key()).stream()
                .flatMap(all -> all.items().stream())
                .filter(LocalMountRules::isLocal)
                .flatMap(mount -> mount(name, host, startsIn.orElse(HOME_THERE), mount).stream());
    return Stream.concat(workspace, mounts);
  }

  /// What says which host it is.
  private static String host(YamlValue ssh) {
    return Stream.of("host", "config_file")
        .map(key -> ssh.child(key).map(YamlValue::raw).orElse(""))
        .collect(Collectors.joining("\0"));
  }

  /// Whether each copy of a mount has a directory that no role names.
  private static boolean isMounted(YamlValue ssh) {
    String launcher = SshSettings.LAUNCHER.key();
    return isWritten(ssh, launcher, "bwrap") || isWritten(ssh, launcher, "docker");
  }

  private static Optional<Copy> mount(String name, String host, Path start, YamlValue mount) {
    boolean comesBack = isWritten(mount, SandboxSettings.READ_ONLY.key(), "false");
    return mount
        .child(SandboxSettings.TARGET.key())
        .map(target ->
            new Copy(
                name,
                host,
                path(start, target),
                target,
                comesBack,
                mount.child(SandboxSettings.SOURCE.key()).map(YamlValue::raw)));
  }

  private static boolean isWritten(YamlValue mapping, String key, String word) {
    return mapping
        .child(key)
        .filter(value -> value.raw().toLowerCase(Locale.ROOT).equals(word))
        .isPresent();
  }

  private static Path path(Path start, YamlValue written) {
    Path path = Path.of(written.raw().replace("\0", ""));
    return (path.startsWith(HOME_THERE) ? path : start.resolve(path)).normalize();
  }
}
