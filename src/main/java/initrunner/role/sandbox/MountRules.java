package initrunner.role.sandbox;

import initrunner.role.sandbox.SandboxSettings.Backend;
import initrunner.role.sandbox.SshSettings.Launcher;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Values;
import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Checks the mounts of a sandbox, with [LocalMountRules]: one per target, and no writable system
/// directory. For one sandbox.
final class MountRules {

  private static final Path WORK = Path.of("/work");
  private static final Path ROLE = Path.of("/role");

  private final Values sandbox;
  private final Decoding decoding;
  private final boolean overSsh;

  private MountRules(Values sandbox, Decoding decoding) {
    this.sandbox = sandbox;
    this.decoding = decoding;
    this.overSsh = sandbox.has(SandboxSettings.BACKEND, Backend.SSH);
  }

  static void check(Values sandbox, Decoding decoding) {
    new MountRules(sandbox, decoding).check();
  }

  private void check() {
    List<YamlValue> read = written(items(SandboxSettings.ALLOWED_READ_PATHS));
    List<YamlValue> written = written(items(SandboxSettings.ALLOWED_WRITE_PATHS));
    List<YamlValue> mounts = items(SandboxSettings.BIND_MOUNTS);
    Launcher launcher = SshRules.launcher(sandbox);
    boolean contains = !overSsh || launcher == Launcher.BWRAP || launcher == Launcher.DOCKER;
    List<YamlValue> targets = new ArrayList<>(contains ? read : List.of());
    targets.addAll(contains ? written : List.of());
    targets.addAll(children(mounts, SandboxSettings.TARGET));
    refuseMeetingTargets(targets, contains);
    if (contains || !overSsh) {
      children(mounts, SandboxSettings.TARGET).forEach(this::refuseRelativeTarget);
    }
    if (overSsh) {
      LocalMountRules local = new LocalMountRules(sandbox, decoding);
      mounts.stream().filter(LocalMountRules::isLocal).forEach(each -> local.check(each, contains));
    }
    if (!contains) {
      return;
    }
    List<YamlValue> others =
        mounts.stream().filter(each -> !overSsh || !LocalMountRules.isLocal(each)).toList();
    List<YamlValue> paths = new ArrayList<>(read);
    paths.addAll(written);
    List<YamlValue> sources = children(others, SandboxSettings.SOURCE);
    paths.forEach(this::refuseHome);
    sources.forEach(this::refuseHome);
    if (overSsh) {
      paths.forEach(path -> refuseRelative(path, ""));
      sources.forEach(path -> refuseRelative(path, "for one of this machine, write local: true"));
    }
    written.forEach(this::refuseSystemPath);
    children(others.stream().filter(MountRules::isWritable).toList(), SandboxSettings.SOURCE)
        .forEach(this::refuseSystemPath);
    refuseSystemDirectoryAsWork();
  }

  private List<YamlValue> items(Field<?> field) {
    return sandbox.written(field).map(YamlValue::items).orElse(List.of());
  }

  private static List<YamlValue> children(List<YamlValue> mounts, Field<?> field) {
    return written(mounts.stream().flatMap(mount -> mount.child(field.key()).stream()).toList());
  }

  private static List<YamlValue> written(List<YamlValue> paths) {
    return paths.stream().filter(path -> !path.raw().isBlank()).toList();
  }

  private static boolean isWritable(YamlValue mount) {
    return mount
        .child(SandboxSettings.READ_ONLY.key())
        .filter(flag -> flag.raw().toLowerCase(Locale.ROOT).equals("false"))
        .isPresent();
  }

  /// Of two mounts at one target, a launcher hides one or fails.
  private void refuseMeetingTargets(List<YamlValue> targets, boolean contains) {
    Map<Path, YamlValue> byTarget = new HashMap<>();
    for (YamlValue found : targets) {
      Path target = absolute(found);
      if (target.equals(WORK) && contains) {
        refuseOwn(found, "is the working directory /work");
      } else if (target.equals(ROLE) && !overSsh) {
        refuseOwn(found, "is the role's own directory /role");
      } else {
        Optional.ofNullable(byTarget.putIfAbsent(target, found))
            .ifPresent(before -> refuseDuplicate(found, before));
      }
    }
  }

  private void refuseOwn(YamlValue target, String what) {
    decoding.refuse(
        target,
        what,
        "another absolute path than /work and /role",
        "for a directory of that name, write it in bind_mounts with another target");
  }

  private void refuseDuplicate(YamlValue target, YamlValue before) {
    decoding.refuse(
        target,
        "is a duplicate target, first on line " + before.node().at().line(),
        "a target of its own for each mount",
        "change or remove one");
  }

  private static boolean isHome(YamlValue path) {
    return path.raw().equals("~") || path.raw().startsWith("~/");
  }

  /// A launcher would take `~` for a directory of that name.
  private void refuseHome(YamlValue path) {
    if (isHome(path)) {
      decoding.refuse(
          path, "begins with ~", "a path without ~", "write the whole path of the home directory");
    }
  }

  /// A relative path would start in the role's directory, which is on another machine.
  private void refuseRelative(YamlValue path, String next) {
    if (path.kind() == YamlKind.TEXT && !path.raw().startsWith("/") && !isHome(path)) {
      decoding.refuse(path, "is relative", "an absolute path of the remote host", next);
    }
  }

  private void refuseRelativeTarget(YamlValue target) {
    if (target.kind() == YamlKind.TEXT && !target.raw().startsWith("/")) {
      decoding.refuse(
          target, "is not absolute", "an absolute path", "write for example target: /data");
    }
  }

  private void refuseSystemPath(YamlValue path) {
    if (SystemDirectories.include(absolute(path))) {
      decoding.refuse(
          path,
          "is a host system path and would be writable",
          "a path below it or elsewhere",
          "name the subdirectory that is needed");
    }
  }

  private void refuseSystemDirectoryAsWork() {
    if (!overSsh) {
      return;
    }
    sandbox
        .written(SandboxSettings.SSH)
        .flatMap(ssh -> ssh.child(SshSettings.REMOTE_CWD.key()))
        .filter(directory ->
            SystemDirectories.include(path(directory))
                || SystemDirectories.includeOfHome(Path.of("~"), path(directory)))
        .ifPresent(directory ->
            decoding.refuse(
                directory,
                "is a system directory of the host, and commands could write in it as /work",
                "a path below it or elsewhere",
                "name a directory of its own, as ~/agent"));
  }

  /// On this machine relative paths start in the role's directory. On a host they have no meaning.
  private Path absolute(YamlValue yaml) {
    Path path = path(yaml);
    return overSsh ? path : decoding.resolve(path.toString());
  }

  private static Path path(YamlValue yaml) {
    return Path.of(yaml.raw().replace("\0", "")).normalize();
  }
}
