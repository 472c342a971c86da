package initrunner.role.file;

import initrunner.schema.ConfigException;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Section;
import initrunner.schema.yaml.YamlTree;
import initrunner.schema.yaml.YamlValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A YAML file in the user's directory of this product.
public final class UserFile {

  private UserFile() {}

  /// The value of the file; empty if the file is missing or empty. Blocks on the file system only.
  ///
  /// @param home the user's directory of this product
  /// @throws ConfigException with every fault of the file
  public static <T> Optional<T> load(Path home, String name, Section<T> section) {
    Path file = home.resolve(name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Decoding decoding = new Decoding(file, home, Map::of, Optional.empty());
    Optional<YamlValue> root = YamlTree.of(file, RoleText.read(file));
    Optional<T> decoded = root.flatMap(value -> section.decode(value, decoding));
    if (decoding.faultCount() > 0) {
      throw new ConfigException(decoding.faultsInFileOrder());
    }
    return decoded;
  }
}
