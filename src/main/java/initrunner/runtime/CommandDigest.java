package initrunner.runtime;

import initrunner.exec.Command;
import initrunner.exec.Stdin;
import initrunner.text.Sha256;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// SHA-256 of a command's words and of its input. A person who has both can prove with it what ran.
/// Safe for many threads.
final class CommandDigest {

  private final String argv;
  private final Command command;
  private final Optional<DigestedInput> read;

  CommandDigest(Command command) {
    this.argv = argv(command.argv());
    this.read =
        command.stdin() instanceof Stdin.Stream(InputStream source)
            ? Optional.of(new DigestedInput(source))
            : Optional.empty();
    this.command = read.map(input -> command.withStdin(new Stdin.Stream(input))).orElse(command);
  }

  /// The digest of these words, each followed by a NUL, as UTF-8.
  static String argv(List<String> words) {
    MessageDigest digest = Sha256.digest();
    for (String word : words) {
      digest.update(word.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  String argv() {
    return argv;
  }

  /// The command to run in its place: it digests its input while that is read.
  Command command() {
    return command;
  }

  /// The digest of the input; of a stream, of the part that was read. Empty without input, and for
  /// what is typed: a digest of a password could be guessed from.
  Optional<String> input() {
    return switch (command.stdin()) {
      case Stdin.Nothing(), Stdin.Terminal _ -> Optional.empty();
      case Stdin.Bytes(byte[] content) -> Optional.of(Sha256.hex(content));
      case Stdin.Stream _ -> read.map(DigestedInput::soFar);
    };
  }

  /// A stream that one thread reads while another may ask for the digest so far.
  private static final class DigestedInput extends FilterInputStream {

    private final MessageDigest digest = Sha256.digest();

    DigestedInput(InputStream source) {
      super(source);
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      if (one >= 0) {
        update(new byte[] {(byte) one}, 0, 1);
      }
      return one;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = super.read(buffer, offset, length);
      if (count > 0) {
        update(buffer, offset, count);
      }
      return count;
    }

    private void update(byte[] buffer, int offset, int count) {
      synchronized (digest) {
        digest.update(buffer, offset, count);
      }
    }

    String soFar() {
      synchronized (digest) {
        return HexFormat.of().formatHex(Sha256.copy(digest).digest());
      }
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = 0;
      while (skipped < count && read() >= 0) {
        skipped++;
      }
      return skipped;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
