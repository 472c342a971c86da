package initrunner.role.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SshProgramsTest {

  @TempDir private Path directory;

  private Path configuration(String text) throws IOException {
    return Files.writeString(directory.resolve("config"), text);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      delimiter = '|',
      value = {
        "ProxyCommand nc %h %p|ProxyCommand",
        "PROXYCOMMAND\tnc|ProxyCommand",
        "proxycommand=nc|ProxyCommand",
        "  proxycommand = nc|ProxyCommand",
        "\"ProxyCommand\" nc|ProxyCommand",
        "proxycommand\"nc\"|ProxyCommand",
        "Match host a exec \"true\"|Match exec",
        "KnownHostsCommand /bin/x|KnownHostsCommand",
        "LocalCommand x|LocalCommand, which initrunner switches off",
        "PKCS11Provider /x.so|PKCS11Provider",
        "SecurityKeyProvider /x.so|SecurityKeyProvider",
        "XAuthLocation /x|XAuthLocation",
        "ProxyJump a|ProxyJump",
        "Include a|Include, whose files are not examined",
        "SendEnv *|SendEnv, which hands variables of this machine to the host",
        "ForwardAgent yes|ForwardAgent",
      })
  void whatSshStartsLoadsOrReadsIsNamedWithItsLine(String line, String what) throws IOException {
    assertThat(SshPrograms.in(configuration("Host *\n" + line + "\n")))
        .containsExactly(what + " (line 2)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "# ProxyCommand nc",
        "ProxyCommand none",
        "ProxyCommand",
        "\"ProxyCommand nc\"",
        "\"",
        "\"ProxyCommand",
        "Match host a",
        "KnownHostsCommand none",
        "PKCS11Provider none",
        "SecurityKeyProvider none",
        "ProxyJump none",
        "ForwardAgent no",
        "User me",
        "ProxyCommandX nc",
        ""
      })
  void anythingElseIsNot(String line) throws IOException {
    assertThat(SshPrograms.in(configuration(line + "\n"))).isEmpty();
  }

  @Test
  void theFirstTwentyAreNamed() throws IOException {
    assertThat(SshPrograms.in(configuration("Include a\n".repeat(20)))).hasSize(20);
    assertThat(SshPrograms.in(configuration("Include a\n".repeat(40))))
        .hasSize(21)
        .endsWith("Include, whose files are not examined (line 20)", "and more");
  }
}
