package initrunner.door.mcp.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpAddressTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          127.0.0.1:8931, 127.0.0.1:8931, true
          127.0.0.1:8931, localhost,      true
          127.0.0.1:8931, LOCALHOST:1,    true
          127.0.0.1:8931, [::1]:99999,    true
          127.0.0.1:8931, 127.0.0.2:8931, false
          127.0.0.1:8931, ::1,            false
          127.0.0.1:8931, '',             false
          127.0.0.1:8931, localhost:x,    false
          127.0.0.2:0,    127.0.0.2:8931, true
          [::1]:0,        [::1]:80,       true
          0.0.0.0:0,      box.example:80, true
          0.0.0.0:0,      10.1.2.3,       true
          0.0.0.0:0,      [fe80::1]:80,   true
          0.0.0.0:0,      10.1.2.4,       false
          """)
  void aHostIsNamedByItsAddressItsNamesAndWhatMeansThisMachine(
      String written, String authority, boolean isNamed) {
    HttpAddress address = HttpAddress.of(written, List.of("Box.example", "10.1.2.3", "fe80::1"));

    assertThat(address.isNamedBy(authority)).isEqualTo(isNamed);
  }
}
