package initrunner.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LookAlikesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"web-1.example.com", "root@10.0.0.1", "büro", "сервер", "サーバー1", "web-サーバー"})
  void anOrdinaryNameIsNoFault(String name) {
    assertThat(LookAlikes.fault(name)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pr\u043Ed-db|mixes letters of Latin and Cyrillic (\u043E is U+043E)",
        "\u0430\u0441\u0435|looks like 'ace', and its letters are Cyrillic",
        "\uFF57eb|is written in other characters than 'web', which it looks like",
      })
  void aNameThatAPersonWouldTakeForAnotherIsAFault(String name, String fault) {
    assertThat(LookAlikes.fault(name)).contains(fault);
  }
}
