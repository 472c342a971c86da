package initrunner.transfer;

import initrunner.text.FileFailure;
import initrunner.text.Sha256;
import initrunner.transfer.host.HostTools;
import initrunner.transfer.tree.LocalTree;
import initrunner.transfer.tree.PosixChecksum;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The contents of the files of one push, each read once. For one thread at a time.
final class PushContent {

  private final LocalTree local;
  private final HostTools tools;
  private final Map<TreePath, String> read = new HashMap<>();

  /// What the host's program says of the files that are not in the stream.
  private final SequencedMap<TreePath, String> apart = new LinkedHashMap<>();

  private final List<String> unreadable = new ArrayList<>();

  PushContent(LocalTree local, HostTools tools) {
    this.local = local;
    this.tools = tools;
  }

  /// The whole of a small file; empty if it cannot be read, which is noted.
  Optional<byte[]> whole(TreePath path) {
    try (InputStream in = Files.newInputStream(path.in(local.root()), LinkOption.NOFOLLOW_LINKS)) {
      byte[] content = in.readNBytes(Push.MOST_BYTES_IN_STREAM + 1);
      if (content.length > Push.MOST_BYTES_IN_STREAM) {
        throw new IOException("it grew meanwhile");
      }
      read.put(path, Sha256.hex(content));
      return Optional.of(content);
    } catch (IOException e) {
      drop(path, e);
      return Optional.empty();
    }
  }

  /// Reads a file only for its digests.
  ///
  /// @return whether it could be read; otherwise that is noted
  boolean digest(TreePath path) {
    try {
      Optional<String> sha256 = local.sha256(path);
      Optional<String> line = tools.onlyChecksums() ? local.checksum(path) : sha256;
      if (sha256.isEmpty() || line.isEmpty()) {
        throw new IOException("it was removed meanwhile");
      }
      read.put(path, sha256.get());
      apart.put(path, line.get());
      return true;
    } catch (IOException e) {
      drop(path, e);
      return false;
    }
  }

  /// Notes that a file is not sent.
  void drop(TreePath path, IOException e) {
    read.remove(path);
    apart.remove(path);
    unreadable.add(path.text() + ": " + FileFailure.reason(e));
  }

  /// The files that the host checks one by one.
  Collection<TreePath> apart() {
    return apart.keySet();
  }

  boolean holds(TreePath path) {
    return read.containsKey(path);
  }

  Optional<String> sha256(TreePath path) {
    return Optional.ofNullable(read.get(path));
  }

  /// The digest of the digests of [#apart], as the host makes it.
  String ofApart() {
    StringBuilder lines = new StringBuilder();
    apart.values().forEach(each -> lines.append(each).append('\n'));
    byte[] all = lines.toString().getBytes(StandardCharsets.ISO_8859_1);
    return tools.onlyChecksums() ? PosixChecksum.text(all) : Sha256.hex(all);
  }

  /// What could not be read, each with its reason.
  List<String> unreadable() {
    return List.copyOf(unreadable);
  }
}
