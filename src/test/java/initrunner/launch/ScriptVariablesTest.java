package initrunner.launch;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.launch.docker.DockerLauncher;
import initrunner.launch.slurm.SlurmLauncher;
import initrunner.text.PackagedText;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A variable that a shell sets is in the environment of what it starts where one of that name was
/// in its own.
class ScriptVariablesTest {

  private static final Pattern SET =
      Pattern.compile(
          "(?m)(?:^|[\\s;({`\"'])([a-z]\\w*)=|\\bfor (\\w+) in\\b|\\bread -r ([a-z_]\\w*(?: [a-z_]\\w*)*)");

  @Test
  void whatStaysAroundACommandSetsNoVariableThatTheCommandMayHave() {
    for (String script :
        List.of(
            PackagedText.read(LimitMeans.class, "cgroup.sh"),
            PackagedText.read(LimitMeans.class, "scope.sh"),
            PackagedText.read(DockerLauncher.class, "docker.sh"),
            PackagedText.read(SlurmLauncher.class, "start.sh"),
            PackagedText.read(SlurmLauncher.class, "job.sh"))) {
      assertThat(set(script))
          .hasSizeGreaterThan(3)
          .allMatch(name -> name.startsWith("ir_") || name.equals("_"));
    }
  }

  private static List<String> set(String script) {
    List<String> names = new ArrayList<>();
    Matcher set = SET.matcher(script.replaceAll("(?m)^ *#.*$", ""));
    while (set.find()) {
      Stream.of(1, 2, 3)
          .map(set::group)
          .filter(found -> found != null)
          .flatMap(found -> Stream.of(found.strip().split(" +")))
          .forEach(names::add);
    }
    return names;
  }
}
