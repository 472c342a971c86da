package initrunner.role;

import initrunner.role.SandboxSettings.Backend;
import initrunner.role.SshSettings.Launcher;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a local sandbox may get of this machine's files: one mount per target, and no system
/// directory to write in.
final class MountRules {

  private static final Set<String> SYSTEM =
      Set.of(
          "/", "/etc", "/root", "/home", "/boot", "/sys", "/proc", "/dev", "/usr", "/bin", "/sbin",
          "/lib", "/lib64", "/var", "/run", "/opt", "/srv");

  private MountRules() {}

  static void check(Values sandbox, Decoding decoding) {
    List<Spot> mounts = items(sandbox, SandboxFields.BIND_MOUNTS);
    refuseDuplicateTargets(mounts, decoding);
    boolean overSsh = sandbox.find(SandboxFields.BACKEND).filter(Backend.SSH::equals).isPresent();
    Launcher launcher = SshRules.launcher(sandbox);
    if (overSsh && launcher != Launcher.BWRAP && launcher != Launcher.DOCKER) {
      return;
    }
    for (Field<?> field :
        List.of(SandboxFields.ALLOWED_READ_PATHS, SandboxFields.ALLOWED_WRITE_PATHS)) {
      items(sandbox, field).forEach(path -> refuseHome(path, decoding));
    }
    List<Spot> sources =
        mounts.stream().flatMap(mount -> mount.child(SandboxFields.SOURCE.key()).stream()).toList();
    sources.forEach(source -> refuseHome(source, decoding));
    if (overSsh) {
      items(sandbox, SandboxFields.ALLOWED_READ_PATHS)
          .forEach(path -> refuseRelative(path, decoding));
      items(sandbox, SandboxFields.ALLOWED_WRITE_PATHS)
          .forEach(path -> refuseRelative(path, decoding));
      sources.forEach(source -> refuseRelative(source, decoding));
    }
    items(sandbox, SandboxFields.ALLOWED_WRITE_PATHS)
        .forEach(path -> refuseSystemPath(path, decoding));
    mounts.stream()
        .filter(MountRules::isWritable)
        .flatMap(mount -> mount.child(SandboxFields.SOURCE.key()).stream())
        .forEach(source -> refuseSystemPath(source, decoding));
  }

  private static List<Spot> items(Values sandbox, Field<?> field) {
    return sandbox.written(field).map(Spot::items).orElse(List.of());
  }

  private static boolean isWritable(Spot mount) {
    return mount
        .child(SandboxFields.READ_ONLY.key())
        .filter(flag -> flag.raw().toLowerCase(Locale.ROOT).equals("false"))
        .isPresent();
  }

  private static void refuseDuplicateTargets(List<Spot> mounts, Decoding decoding) {
    Map<String, Spot> byTarget = new HashMap<>();
    for (Spot mount : mounts) {
      Optional<Spot> target = mount.child(SandboxFields.TARGET.key());
      if (target.isEmpty() || target.get().raw().isBlank()) {
        continue;
      }
      Spot found = target.get();
      Optional<Spot> first = Optional.ofNullable(byTarget.putIfAbsent(normal(found.raw()), found));
      first.ifPresent(before ->
          decoding.refuse(
              found,
              "is a duplicate target, first on line " + Decoding.line(before.node()),
              "a target of its own for each mount",
              "change or remove one"));
    }
  }

  private static boolean isHome(Spot path) {
    return path.raw().equals("~") || path.raw().startsWith("~/");
  }

  /// It would be a directory of that name.
  private static void refuseHome(Spot path, Decoding decoding) {
    if (isHome(path)) {
      decoding.refuse(
          path, "begins with ~", "a path without ~", "write the whole path of the home directory");
    }
  }

  /// The role's directory, below which a relative path would be, is on another machine.
  private static void refuseRelative(Spot path, Decoding decoding) {
    if (path.kind() == Kind.TEXT && !path.raw().startsWith("/") && !isHome(path)) {
      decoding.refuse(path, "is relative", "an absolute path of the remote host", "");
    }
  }

  private static void refuseSystemPath(Spot path, Decoding decoding) {
    if (SYSTEM.contains(normal(path.raw()))) {
      decoding.refuse(
          path,
          "is a host system path and would be writable",
          "a path below it or elsewhere",
          "name the subdirectory that is needed");
    }
  }

  /// Without `.`, `..`, doubled and trailing slashes. A relative path stays one.
  static String normal(String path) {
    return Path.of(path.replace("\0", "")).normalize().toString();
  }
}
