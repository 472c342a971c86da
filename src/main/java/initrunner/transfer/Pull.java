package initrunner.transfer;

import initrunner.exec.Ended;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.transfer.host.HostTree;
import initrunner.transfer.link.Link;
import initrunner.transfer.link.Packing;
import initrunner.transfer.link.Trial;
import initrunner.transfer.link.UnpackingSink;
import initrunner.transfer.tree.Kind;
import initrunner.transfer.tree.Seen;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;

/// Brings files of a host here: all of them in one stream, into a staging directory of this side,
/// where they are checked against the host's digests; then they are renamed. For one attempt and
/// one thread.
final class Pull {

  private final Sides sides;
  private final HostTree host;
  private final Path staging;
  private final NewDirectories newDirectories;
  private final Progress progress;
  private final TreeMap<TreePath, Seen> files = new TreeMap<>();
  private final List<String> unreadable = new ArrayList<>();

  /// @param staging a directory of ours in the tree here
  Pull(
      List<TreePath> fetches,
      NewDirectories newDirectories,
      Sides sides,
      HostTree host,
      Path staging,
      Progress progress) {
    this.newDirectories = newDirectories;
    this.sides = sides;
    this.host = host;
    this.staging = staging;
    this.progress = progress;
    fetches.forEach(path ->
        Optional.ofNullable(sides.there().get(path))
            .filter(seen -> seen.kind() == Kind.FILE)
            .ifPresent(seen -> files.put(path, seen)));
  }

  /// What has arrived.
  ///
  /// @param digests the SHA-256 of the files that are in the staging directory, whole
  /// @param again whether others changed on the host meanwhile
  /// @param unreadable what the host cannot read, each with its reason
  record Result(
      Arrivals arrivals, Map<TreePath, String> digests, boolean again, List<String> unreadable) {}

  /// Fetches the files. Blocks; an interrupt ends it.
  ///
  /// @throws TransferException if the host sends what was not asked for, or this side has no room
  ///
  /// @param isResumed whether an attempt before this one has left something
  Result run(boolean isResumed) throws HostTree.LostException {
    try (Arrivals arrivals =
        new Arrivals(staging, files, newDirectories, sides.tools(), progress)) {
      requireRoom();
      if (isResumed) {
        arrivals.removeStale(sides.there());
      }
      arrivals.makeDirectories(sides.there());
      FutureTask<List<Optional<String>>> question =
          new FutureTask<>(() -> host.digests(sides.tools(), files.keySet(), bytes()));
      Thread asking = Thread.ofVirtual().start(question);
      try {
        fetch(arrivals, isResumed);
        return checked(arrivals, Asked.answer(question));
      } finally {
        asking.interrupt();
      }
    } catch (IOException | UncheckedIOException e) {
      throw TransferException.here("the files cannot be written here", e);
    }
  }

  private long bytes() {
    return files.values().stream().mapToLong(Seen::size).sum();
  }

  private void requireRoom() throws IOException {
    long bytes = bytes();
    long room = Files.getFileStore(staging).getUsableSpace();
    if (bytes > room) {
      throw new TransferException(
          "the host's files have %,d bytes, and there is room for %,d".formatted(bytes, room),
          "Nothing was written. Free some space, or leave files out with --exclude.");
    }
  }

  private void fetch(Arrivals arrivals, boolean isResumed)
      throws HostTree.LostException, IOException {
    List<TreePath> inStream = new ArrayList<>();
    for (Map.Entry<TreePath, Seen> each : files.entrySet()) {
      boolean alone = !sides.tools().hasTar() || each.getValue().size() > Push.MOST_BYTES_IN_STREAM;
      boolean isThere =
          isResumed
              && Files.exists(arrivals.file(each.getKey()))
              && Files.size(arrivals.file(each.getKey())) == each.getValue().size();
      if (isThere || alone) {
        fetchRest(arrivals, each.getKey(), each.getValue());
      } else {
        inStream.add(each.getKey());
      }
    }
    if (!inStream.isEmpty()) {
      fetchTogether(arrivals, inStream);
    }
  }

  private void fetchTogether(Arrivals arrivals, List<TreePath> names)
      throws HostTree.LostException {
    int begin = 0;
    if (sides.link().isTried(bytes(names))) {
      long bytes = 0;
      while (bytes < Link.TRIAL_BYTES) {
        bytes += size(names.get(begin++));
      }
      fetchSome(arrivals, names.subList(0, begin), true);
    }
    if (begin < names.size()) {
      fetchSome(arrivals, names.subList(begin, names.size()), false);
    }
  }

  private void fetchSome(Arrivals arrivals, List<TreePath> names, boolean isTrial)
      throws HostTree.LostException {
    TarSink sink = new TarSink(arrivals);
    Packing packing = sides.link().packing(bytes(names));
    Stdin asked = new Stdin.Bytes(HostTree.joined(names));
    requireExit(stream("send.sh", List.of(packing.word()), asked, sink, packing, isTrial));
    if (!sink.isAtEnd()) {
      throw new HostTree.LostException("the host's archive ends in the middle");
    }
  }

  private Ended stream(
      String script,
      List<String> arguments,
      Stdin asked,
      Sink sink,
      Packing packing,
      boolean isTrial) {
    if (isTrial) {
      Trial trial = new Trial(sink);
      Ended ended = host.stream(script, arguments, asked, trial);
      trial.tell(sides.link());
      return ended;
    }
    return switch (packing) {
      case PLAIN -> host.stream(script, arguments, asked, sink);
      case GZIP -> {
        UnpackingSink unpacking = new UnpackingSink(sink);
        Ended ended = host.stream(script, arguments, asked, unpacking);
        yield unpacking.isAtEnd() ? ended : new Ended.Lost("what the host packed has no end");
      }
    };
  }

  private long bytes(List<TreePath> names) {
    return names.stream().mapToLong(this::size).sum();
  }

  private long size(TreePath name) {
    return Optional.ofNullable(files.get(name)).map(Seen::size).orElse(0L);
  }

  private static void requireExit(Ended ended) throws HostTree.LostException {
    switch (ended) {
      case Ended.Exited _ -> {}
      case Ended.Lost(String reason) -> throw new HostTree.LostException(reason);
      default -> throw new HostTree.LostException("stopped");
    }
  }

  /// A file by itself, or what is missing of it.
  private void fetchRest(Arrivals arrivals, TreePath path, Seen seen)
      throws HostTree.LostException, IOException {
    Path file = arrivals.file(path);
    long begin = Files.exists(file) ? Math.min(Files.size(file), seen.size()) : 0;
    progress.moved(begin);
    if (begin < seen.size() || Files.notExists(file)) {
      try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
        out.seek(begin);
        Rest rest = new Rest(out, seen.size() - begin);
        if (sides.link().isTried(rest.left)) {
          fetchPart(path, seen.size() - rest.left, Link.TRIAL_BYTES, rest);
        }
        fetchPart(path, seen.size() - rest.left, 0, rest);
      } catch (GrownException e) {
        // Its digest tells that it is another file.
      }
    }
    Optional<String> digest = arrivals.digestOf(path);
    digest.ifPresent(it -> arrivals.arrived(path, it));
    progress.finished(1);
  }

  /// @param bytes how many; 0 for all
  private void fetchPart(TreePath path, long begin, long bytes, Rest rest)
      throws HostTree.LostException {
    Packing packing = bytes == 0 ? sides.link().packing(rest.left) : Packing.PLAIN;
    List<String> arguments =
        List.of(Long.toString(begin + 1), Long.toString(bytes), packing.word());
    Stdin asked = new Stdin.Bytes(HostTree.joined(List.of(path)));
    requireExit(stream("send_from.sh", arguments, asked, rest, packing, bytes > 0));
  }

  /// Writes the output to a file, and not a byte more than the file has.
  private final class Rest implements Sink {
    private final RandomAccessFile out;
    private long left;

    Rest(RandomAccessFile out, long left) {
      this.out = out;
      this.left = left;
    }

    @Override
    public void stdout(ByteBuffer bytes) {
      int count = (int) Math.min(left, bytes.remaining());
      byte[] part = new byte[count];
      bytes.get(part);
      try {
        if (left == count || !isZero(part)) {
          out.write(part);
        } else {
          // A hole, where the file system has them.
          out.seek(out.getFilePointer() + count);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      left -= count;
      progress.moved(count);
      if (bytes.hasRemaining()) {
        throw new GrownException();
      }
    }

    private static boolean isZero(byte[] part) {
      for (byte each : part) {
        if (each != 0) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void stderr(ByteBuffer bytes) {}
  }

  /// The host sends more of a file than it said that it has.
  private static final class GrownException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /// What is the same as on the host.
  private Result checked(Arrivals arrivals, List<Optional<String>> digests) throws IOException {
    TreeMap<TreePath, String> whole = new TreeMap<>();
    Set<TreePath> changed = new HashSet<>(files.keySet());
    List<TreePath> names = List.copyOf(files.keySet());
    for (int i = 0; i < names.size(); i++) {
      TreePath name = names.get(i);
      Optional<String> own = Optional.ofNullable(arrivals.digests().get(name));
      if (digests.get(i).isEmpty()) {
        unreadable.add(name.text() + ": cannot be read on the host");
      } else if (own.isPresent() && own.equals(digests.get(i))) {
        whole.put(name, arrivals.sha256(name, own.get()));
        changed.remove(name);
      }
    }
    boolean again = changed.size() > unreadable.size();
    changed.forEach(name -> discard(arrivals.file(name)));
    return new Result(arrivals, whole, again, unreadable);
  }

  private static void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
