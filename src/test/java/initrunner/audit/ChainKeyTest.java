package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.text.Hmac;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChainKeyTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw-r-----", "rw--w----", "rw-----w-"})
  void aKeyThatOthersCanReadOrReplaceSignsAndVerifiesNothing(String mode) throws IOException {
    ChainKey key = ChainKey.beside(directory.resolve("audit.db"));
    Hmac made = key.toSign();
    assertThat(made).isNotNull();
    Path file = directory.resolve("audit_hmac.key");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

    AuditException signing = catchThrowableOfType(AuditException.class, key::toSign);
    AuditException verifying = catchThrowableOfType(AuditException.class, key::toVerify);

    assertThat(signing).hasMessageContaining(file + " is open to other users (" + mode + ")");
    assertThat(signing.remedy()).startsWith("Close it: chmod 600 " + file);
    assertThat(verifying).hasMessage(signing.getMessage());
  }

  @Test
  void aKeyThatIsMadeIsLikeNoOtherAndAloneInItsDirectory() throws IOException {
    Set<String> keys = new HashSet<>();
    for (String each : List.of("one", "two", "three")) {
      Path home = Files.createDirectory(directory.resolve(each));
      ChainKey key = ChainKey.beside(home.resolve("audit.db"));
      assertThat(key.isThere()).isFalse();
      assertThat(key.toSign()).isNotNull();
      assertThat(key.isThere()).isTrue();
      Path file = home.resolve("audit_hmac.key");
      try (var files = Files.list(home)) {
        assertThat(files).containsExactly(file);
      }
      assertThat(Files.size(file)).isEqualTo(32);
      keys.add(HexFormat.of().formatHex(Files.readAllBytes(file)));
    }
    assertThat(keys).hasSize(3).doesNotContain("00".repeat(32));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "ab", "zz", "ä", " "})
  void aVariableThatHoldsNoKeyIsToldWithoutItsValue(String word) {
    String value = word.repeat(word.equals("ab") ? 31 : 32);
    ChainKey key = ChainKey.of(Map.of(ChainKey.VARIABLE, value), directory);

    AuditException signing = catchThrowableOfType(AuditException.class, key::toSign);

    assertThat(signing)
        .hasMessage("INITRUNNER_AUDIT_HMAC_KEY is not a key of 64 hexadecimal digits");
    assertThat(key).hasToString("INITRUNNER_AUDIT_HMAC_KEY");
    assertThat(directory).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource({
    "0, has 0 bytes instead of 32",
    "31, has 31 bytes instead of 32",
    "33, has more than 32 bytes"
  })
  void aFileOfAnotherLengthIsNoKey(int length, String message) throws IOException {
    Path file = Files.write(directory.resolve("audit_hmac.key"), new byte[length]);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    ChainKey key = ChainKey.of(Map.of(ChainKey.VARIABLE, ""), directory);

    AuditException signing = catchThrowableOfType(AuditException.class, key::toSign);

    assertThat(signing).hasMessage("The key file " + file + " " + message);
    assertThat(key).hasToString(file.toString());
    assertThat(key.isThere()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "r--------"})
  void aKeyOfItsOwnerAloneIsTaken(String mode) throws IOException {
    ChainKey key = ChainKey.beside(directory.resolve("audit.db"));
    Hmac made = key.toSign();
    assertThat(made).isNotNull();
    Files.setPosixFilePermissions(
        directory.resolve("audit_hmac.key"), PosixFilePermissions.fromString(mode));

    assertThat(key.toVerify()).isPresent();
  }

  @ParameterizedTest
  @Timeout(60)
  @ValueSource(strings = {"mkfifo -m600 %s", "mkdir -m700 %s"})
  void whatIsNoRegularFileIsNoKey(String command) throws Exception {
    Path file = directory.resolve("audit_hmac.key");
    assertThat(new ProcessBuilder(command.formatted(file).split(" ")).start().waitFor()).isZero();

    AuditException signing =
        catchThrowableOfType(
            AuditException.class, ChainKey.beside(directory.resolve("audit.db"))::toSign);

    assertThat(signing).hasMessageContaining("The key file " + file + " cannot be read");
  }

  /// What the link points to may be on a medium that is not there now.
  @Test
  void aLinkToNothingIsNoMissingKey() throws IOException {
    Path file = directory.resolve("audit_hmac.key");
    Path elsewhere = directory.resolve("elsewhere");
    Files.createSymbolicLink(file, elsewhere);
    ChainKey key = ChainKey.beside(directory.resolve("audit.db"));

    for (AuditException failure :
        List.of(
            catchThrowableOfType(AuditException.class, key::toSign),
            catchThrowableOfType(AuditException.class, key::toVerify))) {
      assertThat(failure)
          .hasMessage("The key file " + file + " is a symbolic link to a file that is not there");
      assertThat(failure.remedy()).contains("where the link points", "rotate --new-key");
    }
    assertThat(elsewhere).doesNotExist();
  }

  @Test
  void aLinkToAKeyThatOthersCanReadIsNotTakenEither() throws IOException {
    Path elsewhere = Files.write(directory.resolve("elsewhere"), new byte[32]);
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rw-r--r--"));
    Files.createSymbolicLink(directory.resolve("audit_hmac.key"), elsewhere);

    assertThat(
            catchThrowableOfType(
                AuditException.class, ChainKey.beside(directory.resolve("audit.db"))::toSign))
        .hasMessageContaining("is open to other users");
  }
}
