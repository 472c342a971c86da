package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Stop;
import initrunner.role.ContentRules;
import initrunner.role.Security;
import initrunner.runtime.confine.SandboxHost;
import initrunner.runtime.output.CountingSink;
import initrunner.text.SecretValues;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallRecordTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|0",
        "1499999|1",
        "1500000|2",
        "999999999|1000",
      })
  void durationsAreRoundedToMilliseconds(long nanos, long milliseconds) {
    assertThat(recorded(new Ended.Exited(0), Duration.ofNanos(nanos)))
        .contains(" rc=0 duration_ms=" + milliseconds + " ended=exited ");
  }

  @Test
  void everyEndHasItsFields() {
    assertThat(recorded(new Ended.Exited(255))).contains(" rc=255 ", " ended=exited tool=");
    assertThat(recorded(new Ended.Signaled("KILL")))
        .contains(" rc=137 ", " ended=signaled signal=KILL tool=");
    assertThat(recorded(new Ended.OutOfMemory(137)))
        .contains(" rc=137 ", " ended=out_of_memory tool=");
    assertThat(recorded(new Ended.TimedOut(Stop.STILL_RUNNING)))
        .contains(" rc=124 ", " ended=timed_out stop=still_running tool=");
    assertThat(recorded(new Ended.Cancelled(Stop.UNKNOWN)))
        .contains(" rc=130 ", " ended=cancelled stop=unknown tool=");
    assertThat(recorded(new Ended.Lost("reset by peer")))
        .contains(" rc=125 ", " ended=lost tool=")
        .doesNotContain("reset");
  }

  @Test
  void aProgramsNameCannotForgeFieldsOrLines() {
    String line = recorded("true rc=0 host=prod\nsandbox.exec", new Ended.Exited(1), Duration.ZERO);
    assertThat(line).doesNotContain("\n");
    assertThat(line.split(" "))
        .filteredOn(field -> field.startsWith("rc=") || field.startsWith("host="))
        .containsExactly("host=box", "rc=1");
  }

  @Test
  void theValueOfALeadingAssignmentIsNotRecorded() {
    assertThat(recorded("TOKEN=hunter2", new Ended.Exited(127), Duration.ZERO))
        .contains("argv0=TOKEN")
        .doesNotContain("hunter2");
    assertThat(recorded("/opt/a=b/make", new Ended.Exited(0), Duration.ZERO)).contains("b/make");
    assertThat(recorded("=x", new Ended.Exited(0), Duration.ZERO)).contains("x rc=0");
  }

  /// The command has run: a failed audit log row must not lose its result.
  @Test
  void anEndThatCannotBeRecordedIsNoFailureOfTheCall() {
    Recorded recorded = new Recorded(directory);
    recorded.close();
    new CallRecord(trail(recorded), call("make"), new CommandDigest(Command.of("make")))
        .end(new CallRecord.End.NotStarted("unreachable"));
    assertThat(recorded.rows()).isEmpty();
  }

  private String recorded(Ended ended) {
    return recorded(ended, Duration.ofMillis(3));
  }

  private String recorded(Ended ended, Duration elapsed) {
    return recorded("make", ended, elapsed);
  }

  private String recorded(String argv0, Ended ended, Duration elapsed) {
    try (Recorded recorded = new Recorded(directory)) {
      Outcome outcome = new Outcome(ended, OutputEnd.COMPLETE, elapsed);
      new CallRecord(trail(recorded), call(argv0), new CommandDigest(Command.of(argv0)))
          .end(new CallRecord.End.Ran(outcome, Optional.empty(), printed()));
      return recorded.rows().getLast().details();
    }
  }

  private static CountingSink printed() {
    CountingSink sink = new CountingSink(new Captured(100), Optional.empty());
    sink.stdout(ByteBuffer.allocate(10));
    sink.stderr(ByteBuffer.allocate(20));
    return sink;
  }

  private static RecordedCall call(String argv0) {
    return new RecordedCall(
        argv0,
        Optional.of("shell"),
        Optional.of("run_shell"),
        Optional.empty(),
        "{}",
        Optional.empty());
  }

  private static CallRecord.Trail trail(Recorded recorded) {
    return new CallRecord.Trail(
        Optional.of(recorded.store()),
        "build-agent",
        new SandboxHost("ssh", Optional.of("box"), Optional.empty()),
        Set.of(),
        new RecordedContent(
            new Security.RecordedContents(false, false, Optional.empty(), Optional.empty()),
            new ContentRedaction(ContentRules.DEFAULT),
            new SecretValues(List.of())),
        new CallRecord.Asked("run1", Optional.empty(), Optional.empty()));
  }
}
