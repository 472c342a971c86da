package initrunner.transfer;

import initrunner.text.FileFailure;
import initrunner.text.Sha256;
import initrunner.transfer.host.HostTools;
import initrunner.transfer.tree.LocalTree;
import initrunner.transfer.tree.PosixChecksum;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// What was read of the files of one push, each once, and what the host's program for digests says
/// of the same bytes. For one thread at a time.
final class PushContent {

  private final LocalTree local;
  private final HostTools tools;
  private final Map<TreePath, Digest> read = new LinkedHashMap<>();
  private final List<String> unreadable = new ArrayList<>();

  /// @param host in the words of the host's program
  /// @param isVerified whether the host has said so already
  private record Digest(String sha256, String host, boolean isVerified) {}

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
      String host = tools.onlyChecksums() ? PosixChecksum.text(content) : sha256;
      read.put(path, new Digest(sha256, host, false));
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
      read.put(path, new Digest(sha256.get(), line.get(), false));
      return true;
    } catch (IOException e) {
      drop(path, e);
      return false;
    }
  }

  /// Notes what was read of a file that went by itself.
  ///
  /// @param isVerified whether the host has the same
  void sent(TreePath path, Pieces pieces, boolean isVerified) {
    read.put(path, new Digest(pieces.sha256(), pieces.ofHost(), isVerified));
  }

  /// Notes that a file is not sent.
  void drop(TreePath path, IOException e) {
    read.remove(path);
    unreadable.add(path.text() + ": " + FileFailure.reason(e));
  }

  /// What the host's program has to say of the files that it is still asked about.
  SequencedMap<TreePath, String> toVerify() {
    LinkedHashMap<TreePath, String> digests = new LinkedHashMap<>();
    read.forEach((path, digest) -> {
      if (!digest.isVerified()) {
        digests.put(path, digest.host());
      }
    });
    return digests;
  }

  boolean holds(TreePath path) {
    return read.containsKey(path);
  }

  Optional<String> sha256(TreePath path) {
    return Optional.ofNullable(read.get(path)).map(Digest::sha256);
  }

  /// What could not be read, each with its reason.
  List<String> unreadable() {
    return List.copyOf(unreadable);
  }
}
