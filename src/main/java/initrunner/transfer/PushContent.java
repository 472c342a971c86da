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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// The contents of the files of one push, each read once, in the order in which the host checks
/// them. For one thread at a time.
final class PushContent {

  private final LocalTree local;
  private final HostTools tools;
  private final SequencedMap<TreePath, Digests> read = new LinkedHashMap<>();
  private final List<String> unreadable = new ArrayList<>();

  /// @param line what the host's program for digests says of it
  private record Digests(String sha256, String line) {}

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
      String sha256 = Sha256.hex(content);
      read.put(
          path, new Digests(sha256, tools.onlyChecksums() ? PosixChecksum.text(content) : sha256));
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
      read.put(path, new Digests(sha256.get(), line.get()));
      return true;
    } catch (IOException e) {
      drop(path, e);
      return false;
    }
  }

  /// Notes that a file is not sent.
  void drop(TreePath path, IOException e) {
    read.remove(path);
    unreadable.add(path.text() + ": " + FileFailure.reason(e));
  }

  Collection<TreePath> names() {
    return read.keySet();
  }

  boolean holds(TreePath path) {
    return read.containsKey(path);
  }

  Optional<String> sha256(TreePath path) {
    return Optional.ofNullable(read.get(path)).map(Digests::sha256);
  }

  /// The digest of all digests, as the host makes it; empty if there is no file.
  String ofAll() {
    if (read.isEmpty()) {
      return "";
    }
    StringBuilder lines = new StringBuilder();
    read.values().forEach(each -> lines.append(each.line()).append('\n'));
    byte[] all = lines.toString().getBytes(StandardCharsets.ISO_8859_1);
    return tools.onlyChecksums() ? PosixChecksum.text(all) : Sha256.hex(all);
  }

  /// What could not be read, each with its reason.
  List<String> unreadable() {
    return List.copyOf(unreadable);
  }
}
