package initrunner.tool.ports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PagePathTest {

  @Test
  void whatIsSentIsAsciiAndHasNoFragment() {
    assertThat(new PagePath("/Grüße?q=ä#top").sent()).isEqualTo("/Gr%C3%BC%C3%9Fe?q=%C3%A4");
  }

  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/admin, /admin",
    "//admin, /admin",
    "/./x/../admin, /admin",
    "/../admin/, /admin/",
    "/%61dmin, /admin",
    "/%2e%2e/%61dmin?a=/../b, /admin?a=/../b",
    "/a%2, /a%2",
    "/100%25, /100%",
  })
  void rulesSeeThePathAsAServerReadsIt(String written, String plain) {
    assertThat(new PagePath(written).plain()).isEqualTo(plain);
  }
}
