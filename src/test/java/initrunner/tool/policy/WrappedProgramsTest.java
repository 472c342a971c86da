package initrunner.tool.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrappedProgramsTest {

  private static WrappedPrograms in(String command) throws Exception {
    return WrappedPrograms.in(ShellWords.split(command));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ls -l | ls",
        "/bin/ls/ | ls",
        "/ | /",
        "// | /",
        "a/ | a",
        "env A=1 ls | env ls",
        "env =x | env =x",
        "env A=1 | env",
        "env -u | env",
        "env -- -x | env -x",
        "env -S | env",
        "env -S '' ls | env ls",
        "env -S 'A=1 nice' ls | env nice ls",
        "timeout 5 | timeout",
        "find . -exec | find",
        "find . -exec ls {} + -exec cat | find ls cat",
        "find . -exec=ls | find",
        "fd x --exec=ls -l | fd ls",
        "flock /l -c | flock",
        "flock /l -c 'A=1 ls' | flock ls",
        "watch A=1 | watch",
        "watch 'A=1 B=2 =x' | watch =x",
        "watch 'A=1 ls' | watch ls",
        "watch 'A=1\tls' | watch ls",
        "watch A=1 'ls x' | watch ls",
        "watch \"A='1 2' ls\" | watch ls",
        "hyperfine 'A=1 ls -l' | hyperfine ls",
        "env 'A=1 ls' nice | env nice",
        "watch '' ls | watch ls",
        "watch \"it's ls\" | watch it's",
      })
  void theProgramsAreThoseThatTheWrappersStart(String command, String programs) throws Exception {
    assertThat(String.join(" ", in(command).programs())).isEqualTo(programs);
    assertThat(in(command).objection()).isEmpty();
  }

  /// As it is written, and with the base name of its program.
  @Test
  void eachCommandHasTheWordsThatFollowItsProgram() throws Exception {
    assertThat(in("nice /bin/ls -l a").commands())
        .containsExactly(
            List.of("nice", "/bin/ls", "-l", "a"),
            List.of("nice", "/bin/ls", "-l", "a"),
            List.of("/bin/ls", "-l", "a"),
            List.of("ls", "-l", "a"));
    assertThat(in("watch -n 1 'A=1 ls -l' a b").commands()).contains(List.of("ls", "-l", "a", "b"));
    assertThat(in("fd x --exec=/bin/ls -l").commands())
        .contains(List.of("/bin/ls", "-l"), List.of("ls", "-l"));
    assertThat(in("env -S 'nice ls' a").commands())
        .contains(List.of("nice", "ls", "a"), List.of("ls", "a"));
  }

  @Test
  void noMoreThanThirtyTwoProgramsAreLookedAt() {
    List<String> most = Collections.nCopies(32, "env");
    assertThat(WrappedPrograms.in(most).objection()).isEmpty();
    WrappedPrograms more = WrappedPrograms.in(Collections.nCopies(33, "env"));
    assertThat(more.objection())
        .hasValue("the command names more than 32 programs that start one another");
    assertThat(more.programs()).hasSize(32);
  }
}
