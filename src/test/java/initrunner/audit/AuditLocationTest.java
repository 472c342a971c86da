package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuditLocationTest {

  @Test
  void withoutAnythingItIsBelowTheUsersHome() {
    assertThat(of(Map.of("HOME", "/home/ann")))
        .isEqualTo(
            new AuditLocation(
                Path.of("/home/ann/.initrunner"), Path.of("/home/ann/.initrunner/audit.db")));
  }

  @Test
  void theMoreSpecialVariableWins() {
    assertThat(of(Map.of("HOME", "/home/ann", "XDG_DATA_HOME", "/data")).home())
        .isEqualTo(Path.of("/data/initrunner"));
    assertThat(
            of(Map.of("HOME", "/home/ann", "XDG_DATA_HOME", "/data", "INITRUNNER_HOME", "/ir"))
                .database())
        .isEqualTo(Path.of("/ir/audit.db"));
    assertThat(of(Map.of("INITRUNNER_HOME", "/ir", "INITRUNNER_AUDIT_DB", "/log/a.db")))
        .isEqualTo(new AuditLocation(Path.of("/ir"), Path.of("/log/a.db")));
  }

  @Test
  void theOptionWinsOverAllVariables() {
    assertThat(
            AuditLocation.of(
                    Map.of("INITRUNNER_HOME", "/ir", "INITRUNNER_AUDIT_DB", "/log/a.db"),
                    Optional.of(Path.of("/here/b.db")))
                .database())
        .isEqualTo(Path.of("/here/b.db"));
  }

  @Test
  void anEmptyVariableCountsAsUnset() {
    assertThat(
            of(Map.of("HOME", "/home/ann", "INITRUNNER_HOME", "", "INITRUNNER_AUDIT_DB", ""))
                .database())
        .isEqualTo(Path.of("/home/ann/.initrunner/audit.db"));
  }

  @Test
  void aHomeThatIsNoAbsolutePathIsIgnored() {
    assertThat(of(Map.of("HOME", "ann")).home())
        .isEqualTo(Path.of(System.getProperty("user.home"), ".initrunner"));
  }

  @Test
  void aRelativeXdgDirectoryIsIgnored() {
    assertThat(of(Map.of("HOME", "/home/ann", "XDG_DATA_HOME", "data")).home())
        .isEqualTo(Path.of("/home/ann/.initrunner"));
  }

  @Test
  void aLeadingTildeIsTheUsersHomeAndARelativePathIsMadeAbsolute() {
    assertThat(of(Map.of("HOME", "/home/ann", "INITRUNNER_AUDIT_DB", "~/a.db")).database())
        .isEqualTo(Path.of("/home/ann/a.db"));
    assertThat(of(Map.of("HOME", "/home/ann", "INITRUNNER_AUDIT_DB", "a.db")).database())
        .isEqualTo(Path.of("a.db").toAbsolutePath());
  }

  private static AuditLocation of(Map<String, String> environment) {
    return AuditLocation.of(environment, Optional.empty());
  }
}
