package initrunner.tool;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultTextTest {

  private static final String HOST = "build-box";

  @Test
  void aSuccessIsItsOutput() {
    assertThat(text(new Ended.Exited(0), "hello\n", "")).isEqualTo("STDOUT:\nhello");
    assertThat(text(new Ended.Exited(0), "a", "b\n")).isEqualTo("STDOUT:\na\nSTDERR:\nb");
    assertThat(text(new Ended.Exited(0), "", "")).isEqualTo("(no output)");
  }

  @Test
  void anotherExitStatusStandsFirst() {
    assertThat(text(new Ended.Exited(1), "", "")).isEqualTo("Exit code: 1");
    assertThat(text(new Ended.Exited(2), "x\n", "warn\n"))
        .isEqualTo("Exit code: 2\nSTDOUT:\nx\nSTDERR:\nwarn");
    assertThat(text(new Ended.Exited(255), "", "")).isEqualTo("Exit code: 255");
  }

  @Test
  void aSignalIsNamed() {
    assertThat(text(new Ended.Signaled("TERM"), "x", ""))
        .isEqualTo("Killed by signal TERM\nSTDOUT:\nx");
  }

  @Test
  void aTimeoutIsToldExactlyAndWithItsProof() {
    assertThat(text(new Ended.TimedOut(Stop.STOPPED), "before\n", ""))
        .isEqualTo(
            "Error: Execution timed out after 0.5s. The command was stopped.\nSTDOUT:\nbefore");
    assertThat(text(new Ended.TimedOut(Stop.STILL_RUNNING), "", ""))
        .isEqualTo("Error: Execution timed out after 0.5s. It is still running on build-box.");
    assertThat(text(new Ended.TimedOut(Stop.UNKNOWN), "", ""))
        .isEqualTo("Error: Execution timed out after 0.5s. Whether it stopped is unknown.");
  }

  @Test
  void wholeSecondsHaveNoFraction() {
    Plan.Run run = run("x", Limits.timeout(Duration.ofSeconds(30)), 100);
    assertThat(
            ResultText.of(
                run, ended(new Ended.TimedOut(Stop.STOPPED)), captured(100, "", ""), HOST))
        .contains("timed out after 30s.");
  }

  @Test
  void aCancelledCommandIsTold() {
    assertThat(text(new Ended.Cancelled(Stop.STOPPED), "", ""))
        .isEqualTo("Error: Execution was cancelled. The command was stopped.");
  }

  @Test
  void aLostCommandMayHaveRun() {
    assertThat(text(new Ended.Lost("Connection reset by peer"), "x", ""))
        .isEqualTo(
            "Error: the connection to build-box was lost after the command was sent: Connection"
                + " reset by peer. The command may have run, and may still be running; it was not"
                + " retried.\nSTDOUT:\nx");
  }

  @Test
  void aBackgroundProcessThatHoldsTheOutputIsTold() {
    Outcome outcome = new Outcome(new Ended.Exited(0), OutputEnd.HELD_OPEN, Duration.ofMillis(3));
    assertThat(ResultText.of(run(100), outcome, captured(100, "x\n", ""), HOST))
        .isEqualTo(
            "STDOUT:\nx\nA background process still holds the output open; what it prints from now"
                + " on is not seen.");
  }

  @Test
  void aLinkThatWentDownAfterTheEndIsTold() {
    Outcome outcome = new Outcome(new Ended.Exited(3), OutputEnd.CUT, Duration.ofMillis(3));
    assertThat(ResultText.of(run(100), outcome, captured(100, "x\n", ""), HOST))
        .isEqualTo(
            "Exit code: 3\nSTDOUT:\nx\nThe connection to build-box was lost when the command was"
                + " over: the end of its output may be missing.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "env: 'x': No such file or directory",
        "env: ‘x’: No such file or directory",
        "env: x: No such file or directory",
        "env: can't execute 'x': No such file or directory",
        "env: exec x: No such file or directory",
        "/usr/bin/env: 'x': No such file or directory",
        "env: »x«: y\nenv: 'x': Datei oder Verzeichnis nicht gefunden"
      })
  void aProgramThatEnvDoesNotFindIsTold(String stderr) {
    assertThat(text(new Ended.Exited(127), "", stderr + "\n"))
        .isEqualTo("Error: command 'x' not found on build-box\nExit code: 127\nSTDERR:\n" + stderr);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x: not found",
        "env: 'y': No such file or directory",
        "env: 'xy': No such file or directory",
        "myenv: 'x': No such file or directory",
        "sh: 1: x: not found"
      })
  void anotherStatus127IsJustAnExitCode(String stderr) {
    assertThat(text(new Ended.Exited(127), "", stderr)).startsWith("Exit code: 127");
  }

  @Test
  void aRefusalOfThePlaceSaysThatNothingWasStarted() {
    TransportException refusal =
        new TransportException(
            TransportException.Kind.REFUSED, HOST, "connection refused", "Start sshd.");
    assertThat(ResultText.notStarted(refusal))
        .isEqualTo("Error: connection refused. Nothing was started. Start sshd.");
  }

  @Test
  void longOutputKeepsBothEndsAndSaysSo() {
    String out = "0123456789".repeat(10);
    String text = ResultText.of(run(20), ended(new Ended.Exited(0)), captured(20, out, ""), HOST);
    assertThat(text).isEqualTo("STDOUT:\n0123456789\n[… 80 B omitted …]\n0123456789\n[truncated]");
  }

  @Test
  void aShortStreamLeavesItsShareToTheOther() {
    Captured output = captured(100, "o".repeat(300), "e".repeat(10));
    assertThat(ResultText.of(run(100), ended(new Ended.Exited(0)), output, HOST))
        .isEqualTo(
            "STDOUT:\n"
                + "o".repeat(45)
                + "\n[… 210 B omitted …]\n"
                + "o".repeat(45)
                + "\nSTDERR:\n"
                + "e".repeat(10)
                + "\n[truncated]");
    Captured reversed = captured(100, "o".repeat(10), "e".repeat(300));
    assertThat(ResultText.of(run(100), ended(new Ended.Exited(0)), reversed, HOST))
        .contains("o".repeat(10) + "\n", "e".repeat(45) + "\n[… 210 B omitted …]");
  }

  @Test
  void twoLongStreamsShareTheBound() {
    Captured output = captured(100, "o".repeat(300), "e".repeat(300));
    assertThat(ResultText.of(run(100), ended(new Ended.Exited(0)), output, HOST))
        .contains("STDOUT:\n" + "o".repeat(25) + "\n[… 250 B omitted …]\n" + "o".repeat(25) + "\n")
        .contains("STDERR:\n" + "e".repeat(25) + "\n[… 250 B omitted …]\n" + "e".repeat(25) + "\n");
  }

  @Test
  void outputOfExactlyTheBoundIsWhole() {
    Captured output = captured(20, "o".repeat(12), "e".repeat(8));
    assertThat(ResultText.of(run(20), ended(new Ended.Exited(0)), output, HOST))
        .isEqualTo("STDOUT:\noooooooooooo\nSTDERR:\neeeeeeee");
  }

  @Test
  void badBytesDoNotGrowPastTheBound() {
    Captured output = new Captured(30);
    output.stdout(ByteBuffer.wrap(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}));
    String text = ResultText.of(run(30), ended(new Ended.Exited(0)), output, HOST);
    assertThat(text.chars().filter(c -> c == '\uFFFD').count()).isEqualTo(10);
  }

  @Property(tries = 500)
  void theOutputOfATextStaysWithinItsBoundAndSplitsNoCharacter(
      @ForAll @StringLength(max = 200) String stdout,
      @ForAll @StringLength(max = 200) String stderr,
      @ForAll @IntRange(min = 2, max = 120) int max) {
    Captured output = captured(max, stdout, stderr);
    String text = ResultText.of(run(max), ended(new Ended.Exited(0)), output, HOST);
    int frame =
        "STDOUT:\n\n[… 100.0 kB omitted …]\n\nSTDERR:\n\n[… 100.0 kB omitted …]\n\n[truncated]"
            .getBytes(StandardCharsets.UTF_8)
            .length;
    assertThat(text.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(max + frame);
    boolean isCut =
        stdout.getBytes(StandardCharsets.UTF_8).length
                + stderr.getBytes(StandardCharsets.UTF_8).length
            > max;
    assertThat(text.endsWith("[truncated]")).isEqualTo(isCut);
  }

  @Test
  void everyEndHasAStatus() {
    assertThat(
            List.of(
                ResultText.status(new Ended.Exited(0)),
                ResultText.status(new Ended.Exited(3)),
                ResultText.status(new Ended.Signaled("KILL")),
                ResultText.status(new Ended.TimedOut(Stop.STOPPED)),
                ResultText.status(new Ended.Cancelled(Stop.UNKNOWN)),
                ResultText.status(new Ended.Lost("x"))))
        .containsExactly(
            ToolResult.Status.SUCCEEDED,
            ToolResult.Status.FAILED,
            ToolResult.Status.FAILED,
            ToolResult.Status.TIMED_OUT,
            ToolResult.Status.CANCELLED,
            ToolResult.Status.LOST);
  }

  private static String text(Ended ended, String stdout, String stderr) {
    return ResultText.of(run(1000), ended(ended), captured(1000, stdout, stderr), HOST);
  }

  private static Plan.Run run(int maxOutputBytes) {
    return run("x", Limits.timeout(Duration.ofMillis(500)), maxOutputBytes);
  }

  private static Plan.Run run(String program, Limits limits, int maxOutputBytes) {
    return new Plan.Run(Command.of(program), limits, maxOutputBytes);
  }

  private static Outcome ended(Ended ended) {
    return new Outcome(ended, OutputEnd.COMPLETE, Duration.ofMillis(3));
  }

  private static Captured captured(int maxBytes, String stdout, String stderr) {
    Captured captured = new Captured(maxBytes);
    captured.stdout(ByteBuffer.wrap(stdout.getBytes(StandardCharsets.UTF_8)));
    captured.stderr(ByteBuffer.wrap(stderr.getBytes(StandardCharsets.UTF_8)));
    return captured;
  }
}
