package initrunner.role.sandbox;

import initrunner.schema.type.Decoding;
import initrunner.schema.type.ScalarType;
import initrunner.schema.type.Text;
import initrunner.schema.type.Variables;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.SafeText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A directory of this machine that goes to a host. It holds neither the home directory nor a
/// login's keys. It must exist: a tree that is missing, as on a disk that is not mounted, would
/// look like one of which all was removed.
record WorkspaceDirectory() implements ScalarType<Path> {

  /// Directories of the home directory with keys and records.
  private static final List<String> KEPT = List.of("~/.ssh", "~/.initrunner");

  @Override
  public Optional<Path> decode(YamlValue yaml, Decoding decoding) {
    boolean isOpen = Variables.in(yaml.raw()) && decoding.environment().isEmpty();
    return Text.notBlank()
        .expanding()
        .decode(yaml, decoding)
        .flatMap(text -> path(text, yaml, decoding))
        .flatMap(path -> isOpen ? Optional.of(path) : usable(path, yaml, decoding));
  }

  private Optional<Path> path(String text, YamlValue yaml, Decoding decoding) {
    if (text.startsWith("~") && !text.startsWith("~/") && !text.equals("~")) {
      return decoding.refuse(
          yaml, "begins with ~", allowed(), "write ~/ for your home, or the whole path");
    }
    try {
      return Optional.of(decoding.resolve(text.equals("~") ? "~/" : text));
    } catch (InvalidPathException e) {
      return decoding.refuse(yaml, "is no path of this machine", allowed(), "");
    }
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
    Path real = real(path);
    if (real(decoding.resolve("~/")).startsWith(real)) {
      return decoding.refuse(
          yaml,
          "holds the whole home directory, with its keys",
          allowed(),
          "name the directory of one project");
    }
    for (String kept : KEPT) {
      Path directory = real(decoding.resolve(kept));
      if (real.equals(directory) || (kept.equals("~/.ssh") && real.startsWith(directory))) {
        return decoding.refuse(
            yaml,
            "is " + kept + ", whose files stay here",
            allowed(),
            "name the directory of one project");
      }
    }
    return Optional.of(path);
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException missing) {
      return path.normalize();
    }
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
