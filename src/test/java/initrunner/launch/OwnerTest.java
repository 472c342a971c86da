package initrunner.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  /// The start of a process is never the start of the machine.
  @Test
  void aProcessIsToldByItsStartAlsoWhereItsNameHoldsBlanks(@TempDir Path directory)
      throws Exception {
    Path program = directory.resolve("a) R 1 (b");
    Files.copy(Path.of("/bin/sleep"), program, StandardCopyOption.COPY_ATTRIBUTES);
    Process process = new ProcessBuilder(program.toString(), "60").start();
    try {
      String pid = Long.toString(process.pid());
      assertThat(Owner.of(pid).orElseThrow().text())
          .matches("[0-9a-f-]{36}\\.[0-9]+\\.[0-9]+\\." + pid + "\\.[1-9][0-9]*");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aProcessThatIsNotThereIsNoOwner() {
    assertThat(Owner.of("0")).isEmpty();
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
