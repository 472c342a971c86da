package initrunner.role.sandbox;

import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Values;
import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.SafeText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Checks the mounts under `backend: ssh` whose source is a path of this machine: what would be
/// copied to the host, and where to. For one sandbox. Reads the file system.
final class LocalMountRules {

  private static final String A_SOURCE = "a file or directory of this machine that can be read";
  private static final String A_TARGET =
      "an absolute path of the host, or one below remote_cwd, such as data";

  private static final Path HOME_THERE = Path.of("~");

  private final Values sandbox;
  private final Decoding decoding;

  LocalMountRules(Values sandbox, Decoding decoding) {
    this.sandbox = sandbox;
    this.decoding = decoding;
  }

  static boolean isLocal(YamlValue mount) {
    return mount
        .child(SandboxSettings.LOCAL.key())
        .filter(flag -> flag.raw().toLowerCase(Locale.ROOT).equals("true"))
        .isPresent();
  }

  /// @param contains whether a launcher mounts the copy, instead of it being at its target itself
  void check(YamlValue mount, boolean contains) {
    Optional<Path> source = text(mount, SandboxSettings.SOURCE).flatMap(this::source);
    Optional<YamlValue> target = text(mount, SandboxSettings.TARGET);
    if (!contains && target.isPresent()) {
      checkTarget(target.get());
      source.filter(Files::isRegularFile).ifPresent(file -> refuseAnotherName(target.get(), file));
    }
  }

  private static Optional<YamlValue> text(YamlValue mount, Field<String> field) {
    return mount
        .child(field.key())
        .filter(yaml -> yaml.kind() == YamlKind.TEXT && !yaml.raw().isBlank())
        .filter(yaml -> yaml.raw().chars().noneMatch(Character::isISOControl));
  }

  private Optional<Path> source(YamlValue source) {
    Optional<Path> written = LocalPaths.of(source.raw(), source, decoding, A_SOURCE);
    return written.flatMap(path -> source(source, path));
  }

  private Optional<Path> source(YamlValue source, Path path) {
    Path real;
    try {
      real = path.toRealPath();
    } catch (IOException e) {
      return decoding.refuse(
          source,
          "does not exist as " + SafeText.escaped(path.toString()),
          A_SOURCE,
          "create it or correct the path");
    }
    if ((!Files.isRegularFile(real) && !Files.isDirectory(real)) || !Files.isReadable(real)) {
      return decoding.refuse(
          source, "cannot be copied", A_SOURCE, "check what it is, its owner and its mode");
    }
    if (LocalPaths.holdsHome(real, decoding) || isPrivate(real)) {
      return decoding.refuse(
          source,
          "is, holds or lies in what must not leave this machine",
          "neither / nor a home directory, nor what holds or is in ~/.ssh, ~/.gnupg or"
              + " ~/.initrunner",
          "name the directory that the host needs");
    }
    return Optional.of(real);
  }

  private boolean isPrivate(Path source) {
    return Stream.concat(LocalPaths.KEYS.stream(), Stream.of(LocalPaths.OWN))
        .map(each -> LocalPaths.real(decoding.resolve(each)))
        .anyMatch(kept -> kept.startsWith(source) || source.startsWith(kept));
  }

  private void checkTarget(YamlValue target) {
    String raw = target.raw();
    Path written = Path.of(raw).normalize();
    boolean isBelow =
        !raw.startsWith("~") && !written.toString().isEmpty() && !written.startsWith("..");
    if (!isBelow) {
      decoding.refuse(target, "is not below remote_cwd", A_TARGET, "");
      return;
    }
    Path there = start().resolve(written).normalize();
    if (SystemDirectories.include(there) || SystemDirectories.includeOfHome(HOME_THERE, there)) {
      decoding.refuse(
          target,
          "is a system directory of the host, or in one",
          A_TARGET,
          "name a directory of its own");
    }
    boolean meets = there.startsWith(start()) || start().startsWith(there);
    if (meets && ssh().flatMap(SshSettings::workspace).isPresent()) {
      decoding.refuse(
          target,
          "meets remote_cwd, whose files come back as the role's workspace",
          "an absolute path of the host outside of remote_cwd",
          "put the files into the workspace, or name another directory");
    }
  }

  private Optional<SshSettings> ssh() {
    return sandbox.find(SandboxSettings.SSH).flatMap(found -> found);
  }

  /// Where commands start on the host; below `~` if that is relative.
  private Path start() {
    Path start = ssh().flatMap(SshSettings::remoteCwd).map(Path::of).orElse(HOME_THERE);
    return start.startsWith(HOME_THERE) ? start : HOME_THERE.resolve(start);
  }

  private void refuseAnotherName(YamlValue target, Path file) {
    Path name = Path.of(target.raw()).getFileName();
    if (name == null || !name.equals(file.getFileName())) {
      decoding.refuse(
          target,
          "has another last name than the file that is copied",
          "a path that ends in /" + SafeText.escaped(String.valueOf(file.getFileName())),
          "");
    }
  }
}
