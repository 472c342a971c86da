package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Ended.Cancelled;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.TimedOut;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a command gets that has a terminal, over every transport and by every launcher that has
/// terminals.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
public abstract class TerminalContract {

  protected static final String CTRL_C = "\u0003";

  /// An argument of the command, by which it is found.
  private final String mark = "terminal-" + System.nanoTime();

  private TypedTerminal typed = new TypedTerminal(101, 33);

  /// Runs a command with a terminal as the program under test does.
  protected abstract Outcome run(Command command, Limits limits, TypedTerminal typed);

  /// What a person sees; a relay may write more than one carriage return.
  protected String shown(TypedTerminal typed) {
    return typed.shown();
  }

  /// What a script does before the size is the wanted one.
  protected String settled() {
    return "";
  }

  /// How a command that a signal ended is reported.
  protected Ended killedBy(String signal, int number) {
    return new Exited(128 + number);
  }

  @BeforeEach
  void begin() {
    typed = new TypedTerminal(101, 33);
  }

  @AfterEach
  void end() throws IOException {
    typed.close();
  }

  private Outcome run(String script, Limits limits) {
    Command command =
        new Command(List.of("sh", "-c", script, mark), Map.of(), Optional.empty(), typed.stdin());
    return run(command, limits, typed);
  }

  private Outcome sh(String script) {
    return run(script, Limits.timeout(Duration.ofSeconds(50)));
  }

  @Test
  void whoOwnsTheTerminalIsToldOfTheBeginning() throws Exception {
    AtomicBoolean hasBegun = new AtomicBoolean();
    typed.whenShown(
        "ready",
        () -> {
          try {
            hasBegun.set(typed.stdin().awaitBegun(Duration.ofSeconds(20)));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          typed.type("go\r");
        });

    assertThat(sh("echo ready; read -r _").ended()).isEqualTo(new Exited(0));
    assertThat(hasBegun).isTrue();
  }

  @Test
  void bothOutputsAndTheInputAreOneTerminalOfTheWantedKindAndSize() {
    Outcome outcome =
        sh(
            settled()
                + "test -t 0 && test -t 1 && test -t 2 && stty size && echo $TERM && echo e >&2; exit 7");

    assertThat(outcome.ended()).isEqualTo(new Exited(7));
    assertThat(shown(typed)).isEqualTo("33 101\r\nvt100\r\ne\r\n");
  }

  @Test
  void linesAreTypedAndShown() {
    typed.whenShown("ready", "typed\r");

    assertThat(sh("echo ready; read -r line; echo \"got $line\"").ended()).isEqualTo(new Exited(0));
    assertThat(shown(typed)).isEqualTo("ready\r\ntyped\r\ngot typed\r\n");
  }

  @Test
  void ctrlCReachesTheProgramInFrontAndNotWhatStartedIt() {
    typed.whenShown("ready", CTRL_C);

    assertThat(
            sh("trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.1; done").ended())
        .isEqualTo(new Exited(3));
    assertThat(shown(typed)).contains("caught");
  }

  @Test
  void ctrlCEndsAProgramThatDoesNotCatchIt() {
    typed.whenShown("ready", CTRL_C);

    assertThat(sh("echo ready; exec sleep 1000").ended()).isEqualTo(killedBy("INT", 2));
  }

  @Test
  void aNewSizeIsTold() {
    typed.whenShown("ready", () -> typed.stdin().resize(new Stdin.Terminal.Size(90, 30)));

    assertThat(
            sh(settled()
                    + "trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.1; done")
                .ended())
        .isEqualTo(new Exited(0));
    assertThat(shown(typed)).contains("30 90\r\n");
  }

  @Test
  void muchOutputArrivesWhole() {
    assertThat(sh("head -c 1000000 /dev/zero | tr '\\0' x").ended()).isEqualTo(new Exited(0));
    assertThat(shown(typed)).hasSize(1_000_000);
  }

  @Test
  void allBytesArriveInARawTerminal() {
    typed.whenShown("ready", "a\u0003\u0004\u001aé\n\r");

    sh("stty raw -echo; echo ready; head -c 8 | od -An -tx1");
    assertThat(shown(typed)).contains("61 03 04 1a c3 a9 0a 0d");
  }

  @Test
  void aProgramThatIgnoresHangupsIsStoppedWhenItsTimeIsUp() {
    AtomicBoolean hasRun = new AtomicBoolean();
    typed.whenShown("ready", () -> hasRun.set(runsHere()));
    Outcome outcome =
        run(
            "trap '' HUP INT TERM; echo ready; while :; do sleep 0.1; done",
            new Limits(Optional.of(Duration.ofSeconds(2)), Duration.ofMillis(200)));

    assertThat(outcome.ended()).isEqualTo(new TimedOut(Stop.STOPPED));
    assertThatNoneIsLeft(hasRun);
  }

  @Test
  void anInterruptStopsIt() {
    Thread caller = Thread.currentThread();
    AtomicBoolean hasRun = new AtomicBoolean();
    typed.whenShown(
        "ready",
        () -> {
          hasRun.set(runsHere());
          caller.interrupt();
        });

    assertThat(sh("echo ready; while :; do sleep 0.1; done").ended())
        .isEqualTo(new Cancelled(Stop.STOPPED));
    assertThat(Thread.interrupted()).isTrue();
    assertThatNoneIsLeft(hasRun);
  }

  private boolean runsHere() {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().arguments().stream().flatMap(Stream::of))
        .anyMatch(mark::equals);
  }

  /// Without a look while it runs, the end would prove nothing.
  private void assertThatNoneIsLeft(AtomicBoolean hasRun) {
    assertThat(shown(typed)).contains("ready");
    assertThat(hasRun).isTrue();
    assertThat(runsHere()).isFalse();
  }
}
