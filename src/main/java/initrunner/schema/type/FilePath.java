package initrunner.schema.type;

import initrunner.schema.yaml.YamlValue;
import initrunner.text.SafeText;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// A file of this machine that exists and can be read. A leading `~/` is the user's home; a
/// relative path is relative to the role's directory.
///
/// @param devices allowed paths that are no regular files
public record FilePath(Set<Path> devices) implements ScalarType<Path> {

  public FilePath {
    devices = Set.copyOf(devices);
  }

  public FilePath() {
    this(Set.of());
  }

  @Override
  public Optional<Path> decode(YamlValue yaml, Decoding decoding) {
    boolean isOpen = Variables.in(yaml.raw()) && decoding.environment().isEmpty();
    return Text.notBlank()
        .expanding()
        .decode(yaml, decoding)
        .flatMap(text -> isOpen ? written(text, yaml, decoding) : existing(text, yaml, decoding));
  }

  /// With its variables not replaced.
  private Optional<Path> written(String text, YamlValue yaml, Decoding decoding) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      return decoding.refuse(yaml, "is no path of this machine", allowed(), "");
    }
  }

  private Optional<Path> existing(String text, YamlValue yaml, Decoding decoding) {
    if (text.startsWith("~") && !text.startsWith("~/")) {
      return decoding.refuse(
          yaml, "begins with ~", allowed(), "write ~/ for your home, or the whole path");
    }
    Path path;
    try {
      path = decoding.resolve(text);
    } catch (InvalidPathException e) {
      return decoding.refuse(yaml, "is no path of this machine", allowed(), "");
    }
    if (!Files.exists(path)) {
      return decoding.refuse(
          yaml,
          "does not exist"
              + (Variables.in(yaml.raw()) ? "" : " as " + SafeText.escaped(path.toString())),
          allowed(),
          "create it or correct the path");
    }
    if (!Files.isRegularFile(path) && !devices.contains(path)) {
      return decoding.refuse(yaml, "is not a file", allowed(), "name a file");
    }
    if (!Files.isReadable(path)) {
      return decoding.refuse(
          yaml,
          "cannot be read",
          allowed(),
          "check the owner and mode of " + SafeText.escaped(path.toString()));
    }
    return Optional.of(path);
  }

  @Override
  public String pattern() {
    return "\\S";
  }

  @Override
  public String allowed() {
    return "the path of a file that can be read";
  }
}
