package initrunner.runtime.mounts;

import static java.nio.charset.StandardCharsets.US_ASCII;

import initrunner.text.OwnersFile;
import initrunner.transfer.tree.TransferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/// The name of this machine and user on hosts, by which their working copies differ from those of
/// others. Stateless.
final class OwnMachine {

  private static final int BYTES = 16;

  private OwnMachine() {}

  /// The name in a file of a user's directory, made the first time. Blocks on the file system.
  static String name(Path home) {
    Path file = home.resolve("machine");
    try {
      if (Files.notExists(file)) {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        OwnersFile.createDirectories(home);
        OwnersFile.createWhole(file, HexFormat.of().formatHex(random).getBytes(US_ASCII), home);
      }
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw TransferException.here("the name of this machine cannot be kept", e);
    }
  }
}
