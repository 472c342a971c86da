package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.OutputEnd;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalTransportTest extends TransportContract {

  @TempDir static Path directory;

  private final LocalTransport transport = new LocalTransport(System.getenv());

  @Override
  protected Transport transport() {
    return transport;
  }

  @Override
  protected Path workDirectory() {
    return directory;
  }

  /// The JDK drains and closes a process's pipes at its exit: only a reader that waits at that
  /// moment notices another process that holds them open.
  @Override
  protected List<OutputEnd> outputOfACommandWithABackgroundChild() {
    return List.of(OutputEnd.HELD_OPEN, OutputEnd.COMPLETE);
  }

  /// The JDK gives 128 + the number for both, so a signal is not claimed.
  @Override
  protected Ended killedBy(String signal, int number) {
    return new Ended.Exited(128 + number);
  }

  @Test
  void aProgramThatIsNotThereIsNotStarted() {
    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> run("no-such-program-here"))
        .satisfies(e -> Assertions.assertThat(e.kind()).isEqualTo(Kind.COMMAND_NOT_FOUND))
        .withMessageContaining("'no-such-program-here' not found");
  }

  @Test
  void aBackgroundChildThatPrintsNowAndThenDoesNotMakeTheCommandLast() {
    assertThatAChildThatPrintsNowAndThenKeepsNoCall();
  }

  @Test
  void aCommandFindsTheBaseEnvironmentOnly() {
    Captured output = new Captured(10_000);
    String path = System.getenv("PATH");
    try (LocalTransport transport = new LocalTransport(Map.of("PATH", path, "GIVEN", "1"))) {
      transport.run(Command.of("env"), Limits.unbounded(), output);
    }
    Set<String> names =
        output
            .stdoutText()
            .lines()
            .map(line -> line.substring(0, line.indexOf('=')))
            .collect(Collectors.toSet());
    Assertions.assertThat(names).contains("PATH", "GIVEN");
    Assertions.assertThat(names.stream().filter(System.getenv()::containsKey))
        .containsExactly("PATH");
  }
}
