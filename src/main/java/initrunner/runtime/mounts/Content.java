package initrunner.runtime.mounts;

import initrunner.launch.Probe;
import initrunner.text.Sha256;
import initrunner.transfer.Exchange.Trees;
import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.LocalTree;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/// What a source holds at one time. Immutable.
///
/// @param name two contents of one name are the same
record Content(LocalSource source, Map<TreePath, Seen> look, String name) {

  /// Of a SHA-256; as many as name a content beyond doubt.
  private static final int DIGITS = 32;

  /// Reads all of a source. Blocks on the file system.
  ///
  /// @throws TransferException if it cannot be read
  static Content of(LocalSource source) {
    LocalTree tree = new LocalTree(source.root());
    TreeMap<TreePath, Seen> look = tree.look(source.selection()).entries();
    MessageDigest all = Sha256.digest();
    look.forEach((path, seen) -> {
      String content = seen.kind() == Kind.FILE ? digest(tree, path) : seen.target();
      String line =
          "%s %o %s\0%s\0".formatted(seen.kind(), seen.version("").mode(), path.bytes(), content);
      all.update(line.getBytes(StandardCharsets.ISO_8859_1));
    });
    String name = HexFormat.of().formatHex(all.digest()).substring(0, DIGITS);
    return new Content(source, look, name);
  }

  private static String digest(LocalTree tree, TreePath path) {
    try {
      return tree.sha256(path).orElse("");
    } catch (IOException e) {
      throw TransferException.here("'" + path.text() + "' cannot be read", e);
    }
  }

  /// Its copy in the store.
  Trees trees() {
    return new Trees(source.root(), Store.ENTRIES + name + Store.TREE, source.selection());
  }

  /// Brings the copy into the store, in place of another content that is there in its name.
  ///
  /// @return whether the source was the same all the time; if not, the store does not keep it
  /// @throws TransferException if it cannot be sent
  boolean isBrought(Copying copying, Probe probe) {
    boolean isExact = copying.isExact(trees());
    if (!isExact) {
      Store.remove(probe, name);
      isExact = copying.isExact(trees());
    }
    boolean isSame = new LocalTree(source.root()).look(source.selection()).entries().equals(look);
    if (!isExact || !isSame) {
      Store.remove(probe, name);
    }
    if (!isExact && isSame) {
      throw new TransferException(
          "something else changes ~/.cache/initrunner/mounts/" + name + " on the host",
          "Find it there, and stop it.");
    }
    return isSame;
  }
}
