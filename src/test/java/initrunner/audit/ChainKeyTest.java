package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
