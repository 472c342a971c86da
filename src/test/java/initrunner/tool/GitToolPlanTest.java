package initrunner.tool;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Limits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GitToolPlanTest {

  /// A git that knows no GIT_NO_LAZY_FETCH would start the program that a clone's remote names.
  @ParameterizedTest
  @EnumSource
  void onlyWhatWritesMaySpeakToOthers(GitTool.Function function) {
    Tool tool =
        new GitTool(
            function,
            List.of(),
            new CallBounds(Limits.unbounded(), 1000, Optional.of("/srv/work")));

    assertThat(tool.plan(Map.of("path", "a", "message", "b")))
        .isInstanceOfSatisfying(
            Plan.Run.class,
            run ->
                assertThat(run.command().environment().getOrDefault("GIT_ALLOW_PROTOCOL", ""))
                    .isEqualTo(GitTool.Function.READING.contains(function) ? "none" : ""));
  }
}
