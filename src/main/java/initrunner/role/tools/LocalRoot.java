package initrunner.role.tools;

import initrunner.role.sandbox.LocalPaths;
import initrunner.role.sandbox.SystemDirectories;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.ScalarType;
import initrunner.schema.type.Text;
import initrunner.schema.type.Variables;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.SafeText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A directory of this machine that a model may have files in. A leading `~/` is the user's home; a
/// relative path is relative to the role's directory. No directory that a login or the system
/// obeys, and none that holds one.
record LocalRoot() implements ScalarType<Path> {

  @Override
  public Optional<Path> decode(YamlValue yaml, Decoding decoding) {
    boolean isOpen = Variables.in(yaml.raw()) && decoding.environment().isEmpty();
    return Text.notBlank()
        .expanding()
        .decode(yaml, decoding)
        .flatMap(text -> LocalPaths.of(text, yaml, decoding, allowed()))
        .flatMap(path -> isOpen ? Optional.of(path) : existing(path, yaml, decoding));
  }

  private Optional<Path> existing(Path path, YamlValue yaml, Decoding decoding) {
    Path real;
    try {
      real = path.toRealPath();
    } catch (IOException e) {
      return decoding.refuse(
          yaml,
          "does not exist"
              + (Variables.in(yaml.raw()) ? "" : " as " + SafeText.escaped(path.toString())),
          allowed(),
          "create it or correct the path");
    }
    if (!Files.isDirectory(real)) {
      return decoding.refuse(yaml, "is not a directory", allowed(), "name a directory");
    }
    return isObeyed(real, LocalPaths.real(decoding.resolve("~/")))
        ? decoding.refuse(
            yaml,
            "is or holds a home directory, keys, settings or a part of the system",
            allowed(),
            "make a directory for the files of this role, and name that")
        : Optional.of(path);
  }

  private static boolean isObeyed(Path directory, Path home) {
    return home.startsWith(directory)
        || SystemDirectories.includeOfHome(home, directory)
        || SystemDirectories.include(directory);
  }

  @Override
  public String pattern() {
    return "\\S";
  }

  @Override
  public String allowed() {
    return "the path of a directory of this machine";
  }
}
