package initrunner.runtime.confine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SandboxHostTest {

  @ParameterizedTest
  @CsvSource({
    "/srv/work,/data,/data",
    "/srv/work,~,~",
    "/srv/work,~/x,~/x",
    "/srv/work,sub,/srv/work/sub",
    "/srv/work/,sub/deep,/srv/work/sub/deep",
    "~/work,sub,~/work/sub",
    "/,sub,/sub",
    "/srv/work,..,/srv/work/..",
    "/srv/work,~other,/srv/work/~other"
  })
  void aCommandsOwnDirectoryIsAnchoredOrBelowThePlaces(String base, String own, String expected) {
    assertThat(place(base).directoryOf(Optional.of(own))).hasValue(expected);
  }

  @Test
  void thePlacesDirectoryIsTheDefault() {
    assertThat(place("/srv/work").directoryOf(Optional.empty())).hasValue("/srv/work");
    SandboxHost login = new SandboxHost("ssh", Optional.of("box"), Optional.empty());
    assertThat(login.directoryOf(Optional.empty())).isEmpty();
    assertThat(login.directoryOf(Optional.of("sub"))).hasValue("sub");
  }

  private static SandboxHost place(String directory) {
    return new SandboxHost("ssh", Optional.of("box"), Optional.of(directory));
  }
}
