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
/// @param devices what it may be although it is no file
public record FilePath(Set<Path> devices) implements ScalarType<Path> {

  public FilePath {
    devices = Set.copyOf(devices);
  }

  public FilePath() {
    this(Set.of());
  }

  @Override
  public Optional<Path> decode(YamlValue spot, Decoding decoding) {
    boolean isOpen = Variables.in(spot.raw()) && decoding.environment().isEmpty();
    return Text.notBlank()
        .expanding()
        .decode(spot, decoding)
        .flatMap(text -> isOpen ? written(text, spot, decoding) : existing(text, spot, decoding));
  }

  /// As it stands in the role, its variables among it.
  private Optional<Path> written(String text, YamlValue spot, Decoding decoding) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      decoding.refuse(spot, "is no path of this machine", allowed(), "");
      return Optional.empty();
    }
  }

  private Optional<Path> existing(String text, YamlValue spot, Decoding decoding) {
    if (text.startsWith("~") && !text.startsWith("~/")) {
      decoding.refuse(
          spot, "begins with ~", allowed(), "write ~/ for your home, or the whole path");
      return Optional.empty();
    }
    Path path;
    try {
      path = decoding.resolve(text);
    } catch (InvalidPathException e) {
      decoding.refuse(spot, "is no path of this machine", allowed(), "");
      return Optional.empty();
    }
    if (!Files.exists(path)) {
      decoding.refuse(
          spot,
          "does not exist"
              + (Variables.in(spot.raw()) ? "" : " as " + SafeText.escaped(path.toString())),
          allowed(),
          "create it or correct the path");
      return Optional.empty();
    }
    if (!Files.isRegularFile(path) && !devices.contains(path)) {
      decoding.refuse(spot, "is not a file", allowed(), "name a file");
      return Optional.empty();
    }
    if (!Files.isReadable(path)) {
      decoding.refuse(
          spot,
          "cannot be read",
          allowed(),
          "check the owner and mode of " + SafeText.escaped(path.toString()));
      return Optional.empty();
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
