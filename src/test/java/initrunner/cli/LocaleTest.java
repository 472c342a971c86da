package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.ExitCodes;
import initrunner.exec.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Names outside of ASCII in a locale for ASCII.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LocaleTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cd $name; \"$@\" exec role.yaml -- true",
        "cd $name; \"$@\" validate role.yaml",
        "\"$@\" validate $name/role.yaml",
        "INITRUNNER_HOME=$PWD/$name \"$@\" exec --host h -- true",
        "HOME=$PWD/$name \"$@\" exec role.yaml -- true",
        "HOME=$PWD/$name \"$@\" run role.yaml -p x --model openai:gpt-5-mini",
        "HOME=$PWD/$name \"$@\" pending",
        "HOME=$PWD/$name \"$@\" audit verify",
        "HOME=$PWD/$name \"$@\" audit security-events",
        "XDG_DATA_HOME=$PWD/$name \"$@\" audit security-events",
        "JAVA_TOOL_OPTIONS=-Duser.home=$PWD/$name \"$@\" validate role.yaml",
      })
  void isSaidWithTheRemedyWhereverTheNameIs(String call) throws Exception {
    String script =
        "name=$(printf 'd\\303\\274r'); mkdir $name; printf 'name: small\\nprompt: x\\n' >role.yaml;"
            + " cp role.yaml $name; unset INITRUNNER_HOME XDG_DATA_HOME; "
            + call;
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    command.addAll(ChildJvm.initrunner(List.of()));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("HOME", directory.toString());
    Process process = builder.start();
    String stderr = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(stderr)
        .contains("cannot be read in the locale's encoding", "set LC_ALL=C.UTF-8")
        .doesNotContain("Exception", "does not exist");
    assertThat(process.waitFor()).isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void aCommandGetsVariablesThatTheLocaleCannotReadAsTheyAre() throws Exception {
    String script =
        "printf 'name: small\\nprompt: x\\ntools: [shell]\\n' >role.yaml;"
            + " GREETING=$(printf 'gr\\303\\274n') \"$@\" exec role.yaml -- printenv GREETING";
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    command.addAll(ChildJvm.initrunner(List.of()));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("INITRUNNER_HOME", directory.toString());
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();

    assertThat(process.getInputStream().readAllBytes())
        .isEqualTo("gr\u00fcn\n".getBytes(StandardCharsets.UTF_8));
    assertThat(process.waitFor()).isZero();
  }
}
