package initrunner.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnerTest {

  @Test
  void thisProcessIsNotGone() {
    Owner owner = Owner.current().orElseThrow();
    assertThat(owner.isGone()).isFalse();
    assertThat(owner.text()).contains("." + ProcessHandle.current().pid() + ".");
  }

  @Test
  void aProcessThatEndedIsGone() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    Owner owner = Owner.of(Long.toString(process.pid())).orElseThrow();
    assertThat(owner.isGone()).isFalse();
    process.destroyForcibly().waitFor();
    assertThat(owner.isGone()).isTrue();
  }

  @Test
  void anotherProcessOfTheSameNumberIsNotTheOwner() {
    String text = Owner.current().orElseThrow().text();
    assertThat(new Owner(text + "0").isGone()).isTrue();
  }

  @Test
  void ofWhatRanElsewhereNothingIsCertain() {
    String text = Owner.current().orElseThrow().text();
    assertThat(new Owner("0" + text + "0").isGone()).isFalse();
    assertThat(new Owner("").isGone()).isFalse();
    assertThat(new Owner("a.b.c").isGone()).isFalse();
  }
}
