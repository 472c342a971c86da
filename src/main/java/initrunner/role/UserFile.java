package initrunner.role;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/// A YAML file in the user's directory of this product.
final class UserFile {

  private UserFile() {}

  /// What it says; empty where there is no such file. Blocks on the file system only.
  ///
  /// @param home the user's directory of this product
  /// @throws RoleException with every fault of the file
  static <T> Optional<T> load(Path home, String name, Section<T> section) {
    Path file = home.resolve(name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Node root = YamlTree.of(file, RoleText.read(file));
    Decoding decoding = new Decoding(file, home, Map::of, Optional.empty());
    Optional<T> decoded = section.decode(new Spot(root, root, "", ""), decoding);
    if (decoded.isEmpty()) {
      throw new RoleException(decoding.faultsInFileOrder());
    }
    return decoded;
  }
}
