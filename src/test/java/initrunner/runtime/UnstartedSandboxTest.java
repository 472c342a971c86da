package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Stop;
import initrunner.exec.transport.LocalTransport;
import initrunner.launch.Launch;
import initrunner.launch.Launcher;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Opening;
import initrunner.launch.Trailer;
import initrunner.runtime.confine.SandboxHost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Commands that end before they report their start.
class UnstartedSandboxTest {

  /// Starts another command in its place, which is to begin with `@begin`.
  private record Instead(List<String> argv, Optional<Trailer> trailer) implements Launcher {

    @Override
    public Launch launch(Command command, String callId) {
      return new Launch(
          command.withArgv(argv), Optional.empty(), trailer, Optional.of(new Opening("@begin")));
    }

    @Override
    public String name() {
      return "instead";
    }
  }

  private final Captured captured = new Captured(1000);

  private Ended end(String script, Optional<Trailer> trailer, Limits limits) {
    SandboxHost place = new SandboxHost("bwrap", Optional.empty(), Optional.of("/"));
    Launcher launcher = new Instead(List.of("sh", "-c", script), trailer);
    try (Sandbox sandbox = new Sandbox(place, new LocalTransport(Map.of()), launcher)) {
      return sandbox.run(Command.of("true"), "0a", limits, captured).ended();
    }
  }

  /// A command that could read the mark would make the caller run it once more.
  @Test
  void aCommandThatWasStartedCannotSayThatItWasNot() {
    String lie = "printf '@begin\\n\\n@end 3 unstarted\\n' >&2; exit 3";
    assertThat(end(lie, Optional.of(new Trailer("@end")), Limits.unbounded()))
        .isEqualTo(new Ended.Exited(3));
  }

  private LauncherUnavailableException refusal(String script, Optional<Trailer> trailer) {
    return catchThrowableOfType(
        LauncherUnavailableException.class, () -> end(script, trailer, Limits.unbounded()));
  }

  @ParameterizedTest
  @CsvSource({
    "bwrap: Can't find source path /x: No such file or directory, 1, A path that the role mounts is missing",
    "bwrap: Creating new namespace: Resource temporarily unavailable, 1, process_limit",
    "Killed, 137, memory_limit",
    "bwrap: something new, 1, initrunner doctor"
  })
  void nothingWasStartedAndTheNextStepIsSaid(String said, int status, String remedy) {
    String script = "echo \"%s\" >&2; exit %d".formatted(said, status);
    LauncherUnavailableException plain = refusal(script, Optional.empty());
    assertThat(plain).hasMessageEndingWith("(status " + status + "): " + said);
    assertThat(plain.remedy()).contains(remedy);
    String trailed =
        "echo \"%s\" >&2; printf '\\n@end %d ended\\n' >&2; exit 9".formatted(said, status);
    LauncherUnavailableException told = refusal(trailed, Optional.of(new Trailer("@end")));
    assertThat(told).hasMessage(plain.getMessage());
    assertThat(captured.stderrText()).isEmpty();
  }

  @Test
  void whatRanOutOfMemoryBeforeItBeganIsTheSame() {
    String script = "printf '\\n@end 137 oom\\n' >&2; exit 137";
    assertThat(refusal(script, Optional.of(new Trailer("@end"))).remedy()).contains("memory_limit");
  }

  @Test
  void whatWasStoppedBeforeItBeganIsStoppedAndWhatItSaidIsTold() {
    Limits limits = Limits.timeout(Duration.ofSeconds(1));
    assertThat(end("echo waiting >&2; exec sleep 60", Optional.empty(), limits))
        .isEqualTo(new Ended.TimedOut(Stop.STOPPED));
    assertThat(captured.stderrText()).isEqualTo("waiting\n");
  }

  @Test
  void anEndBehindTheBeginningIsTheCommandsOwn() {
    assertThat(end("echo @begin >&2; exit 1", Optional.empty(), Limits.unbounded()))
        .isEqualTo(new Ended.Exited(1));
    assertThat(captured.stderrText()).isEmpty();
  }
}
