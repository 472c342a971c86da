package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.ssh.mux.SessionRequests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class SendEnvTest {

  @ParameterizedTest
  @CsvSource({
    "LANG, LANG, true",
    "LANG, LANGUAGE, false",
    "LC_*, LC_ALL, true",
    "LC_*, LANG, false",
    "*, A, true",
    "*_A, B_A, true",
    "*_A, B_A_C, false",
    "A?C, ABC, true",
    "A?C, AC, false",
    "A*B*C, AxBxxBxC, true",
    "A*B*C, AxBxxBx, false",
    "**, '', true",
    "?, '', false",
    "[A], A, false",
  })
  void theWildcardsAreOpenSshs(String pattern, String name, boolean matches) {
    assertThat(SessionRequests.matches(pattern, name)).isEqualTo(matches);
  }

  @Test
  void manyStarsTakeNoLongerThanOneForEachCharacter() {
    assertThat(SessionRequests.matches("*a".repeat(500) + "x", "a".repeat(1000))).isFalse();
    assertThat(SessionRequests.matches("*".repeat(50_000) + "x", "y".repeat(1000))).isFalse();
  }
}
