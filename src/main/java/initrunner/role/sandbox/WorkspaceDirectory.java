package initrunner.role.sandbox;

import initrunner.schema.type.Decoding;
import initrunner.schema.type.ScalarType;
import initrunner.schema.type.Text;
import initrunner.schema.type.Variables;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.SafeText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A directory of this machine that goes to a host. It holds neither the home directory nor a
/// login's keys. It must exist: a tree that is missing, as on a disk that is not mounted, would
/// look like one of which all was removed.
record WorkspaceDirectory() implements ScalarType<Path> {

  @Override
  public Optional<Path> decode(YamlValue yaml, Decoding decoding) {
    boolean isOpen = Variables.in(yaml.raw()) && decoding.environment().isEmpty();
    return Text.notBlank()
        .expanding()
        .decode(yaml, decoding)
        .flatMap(text -> LocalPaths.of(text, yaml, decoding, allowed()))
        .flatMap(path -> isOpen ? Optional.of(path) : usable(path, yaml, decoding));
  }

  private Optional<Path> usable(Path path, YamlValue yaml, Decoding decoding) {
    if (!Files.isDirectory(path)) {
      String why =
          Files.exists(path)
              ? "is no directory"
              : "does not exist"
                  + (Variables.in(yaml.raw()) ? "" : " as " + SafeText.escaped(path.toString()));
      return decoding.refuse(yaml, why, allowed(), "create it or correct the path");
    }
    Path real = LocalPaths.real(path);
    if (LocalPaths.holdsHome(real, decoding)) {
      return decoding.refuse(
          yaml,
          "holds the whole home directory, with its keys",
          allowed(),
          "name the directory of one project");
    }
    Optional<String> kept = kept(real, decoding);
    if (kept.isPresent()) {
      return decoding.refuse(
          yaml,
          "is " + kept.get() + ", whose files stay here",
          allowed(),
          "name the directory of one project");
    }
    return Optional.of(path);
  }

  /// A role, and a project beside it, may be below the directory of this program.
  private static Optional<String> kept(Path real, Decoding decoding) {
    return LocalPaths.KEYS.stream()
        .filter(keys -> real.startsWith(LocalPaths.real(decoding.resolve(keys))))
        .findFirst()
        .or(() ->
            Optional.of(LocalPaths.OWN)
                .filter(own -> real.equals(LocalPaths.real(decoding.resolve(own)))));
  }

  @Override
  public String pattern() {
    return "\\S";
  }

  @Override
  public String allowed() {
    return "a directory of this machine that the home directory is not in";
  }
}
