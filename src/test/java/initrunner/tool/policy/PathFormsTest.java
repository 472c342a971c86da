package initrunner.tool.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathFormsTest {

  @ParameterizedTest
  @CsvSource({
    "a, a",
    "a/, a/",
    "a//b, a/b",
    "a/./b/../c/, a/c/",
    "., .",
    "./, ./",
    "a/.., .",
    "../a/.., ..",
    "../../a, ../../a",
    "/, /",
    "//, /",
    "/../a, /a",
    "/a/.., /",
  })
  void thePlainFormHasNoDotsThatCouldBeLeftOut(String written, String plain) {
    assertThat(PathForms.plain(written)).isEqualTo(plain);
  }

  /// Outside of the directory, a rule may mean the path from each parent directory.
  @ParameterizedTest
  @CsvSource({
    "a/b, a/b /srv/work/a/b",
    "./a, a /srv/work/a",
    "., . /srv/work",
    "/srv/work/a, /srv/work/a a",
    "/srv/work, /srv/work .",
    "../x, ../x /srv/x srv/x x",
    "/srv/workshop/a, /srv/workshop/a ../workshop/a srv/workshop/a workshop/a a",
    "/etc/ssh/x, /etc/ssh/x ../../etc/ssh/x etc/ssh/x ssh/x x",
  })
  void aPathInAKnownDirectoryHasTheseForms(String written, String forms) {
    assertThat(PathForms.all(written, Optional.of("/srv/work")))
        .containsOnly(forms.split(" ", -1))
        .startsWith(forms.split(" ", -1)[0]);
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, a/b",
    "/etc/x, /etc/x etc/x x",
    "../a/x, ../a/x a/x x",
  })
  void aPathInADirectoryThatIsNotKnownHasTheseForms(String written, String forms) {
    assertThat(PathForms.all(written, Optional.empty())).containsOnly(forms.split(" ", -1));
    assertThat(PathForms.all(written, Optional.of("work"))).containsOnly(forms.split(" ", -1));
  }
}
