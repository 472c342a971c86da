package initrunner.transfer;

import initrunner.exec.Stdin;
import initrunner.transfer.host.HostTree;
import initrunner.transfer.link.Packing;
import initrunner.transfer.tree.LocalTree;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Puts files on a host that go by themselves, because they are large or because it has no `tar`:
/// each in pieces, so that a broken link continues in its middle. For one attempt and one thread.
record PiecePush(
    Sides sides,
    LocalTree local,
    HostTree host,
    Staged staged,
    PushContent content,
    Progress progress) {

  /// Sends one, or what is missing of it. Blocks.
  ///
  /// @throws TransferException if the host cannot take it
  void send(TreePath path, Seen seen) throws HostTree.LostException {
    if (staged.isInPlace(path, seen)) {
      if (content.digest(path)) {
        progress.moved(seen.size());
      }
    } else {
      boolean onlyChecksums = sides.tools().onlyChecksums();
      try (Pieces pieces = new Pieces(local.root(), path, seen.size(), onlyChecksums)) {
        boolean isVerified = send(pieces, path, seen);
        if (!local.seen(path).equals(Optional.of(seen))) {
          throw new IOException("it changes while it is sent");
        }
        content.sent(path, pieces, isVerified);
      } catch (IOException e) {
        content.drop(path, e);
      }
    }
    progress.finished(1);
  }

  /// @return whether the host has digested the same while it came
  private boolean send(Pieces pieces, TreePath path, Seen seen)
      throws HostTree.LostException, IOException {
    String piece = staged.piece(path);
    long first = staged.sizeOfPiece(path).filter(size -> size <= seen.size()).orElse(0L);
    pieces.skip(first);
    progress.moved(first);
    long at = first;
    String said;
    do {
      long begin = pieces.nextData(at);
      progress.moved(begin - at);
      Pieces.Data data = pieces.data(begin, progress);
      HostTree.Answer answer =
          append(piece, begin, sides.link().packingThere(seen.size() - begin), data);
      at = data.end();
      said = new String(answer.output(), StandardCharsets.ISO_8859_1);
      requireRoom(answer, said, at);
      if (begin > 0 || at < seen.size()) {
        said = "";
      }
    } while (at < seen.size());
    return isDigestOf(said, pieces);
  }

  /// The digest of what came, and how many bytes are there.
  private static boolean isDigestOf(String said, Pieces pieces) {
    List<String> lines = said.lines().toList();
    return lines.size() == 2
        && lines.getFirst().startsWith(pieces.ofHost())
        && lines.getLast().strip().equals(Long.toString(pieces.size()));
  }

  private HostTree.Answer append(String name, long at, Packing packing, InputStream bytes)
      throws HostTree.LostException {
    HostTree.Answer answer =
        host.runInStage(
            "append.sh",
            List.of(
                staged.directory(),
                name,
                Long.toString(at),
                packing.word(),
                sides.tools().streamHash()),
            new Stdin.Stream(packing.packed(bytes)));
    if (answer.status() != 0) {
      staged.remove(host);
      throw HostTree.failed(answer);
    }
    return answer;
  }

  /// A host that could not write all that came says so on its error output only.
  private void requireRoom(HostTree.Answer answer, String said, long size)
      throws HostTree.LostException {
    List<String> lines = said.lines().toList();
    if (lines.isEmpty() || !lines.getLast().strip().equals(Long.toString(size))) {
      staged.remove(host);
      throw HostTree.failed(answer);
    }
  }
}
