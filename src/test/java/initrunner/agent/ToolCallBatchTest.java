package initrunner.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.model.Message;
import initrunner.model.RunEvent;
import initrunner.model.ToolRequest;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ToolCallBatchTest {

  private static final ToolRequest REQUEST = new ToolRequest("a", "run_shell", "{}");

  private final RunClock clock = new RunClock(Duration.ofMinutes(1), Duration.ZERO);
  private final List<RunEvent> events = new CopyOnWriteArrayList<>();

  private ToolCallBatch turn(Approver approver) {
    return new ToolCallBatch(
        new Toolbox(
            List.of(),
            call -> result(call, "made"),
            new Toolbox.Approvals(
                _ -> true,
                approver,
                call -> result(call, "approved"),
                call -> result(call, "denied")),
            1,
            Optional.empty()),
        clock,
        events::add);
  }

  private static ToolResult result(ToolCall call, String text) {
    return new ToolResult(call.id(), text, Status.SUCCEEDED);
  }

  private static void aMomentPasses() {
    long since = System.nanoTime();
    while (System.nanoTime() == since) {
      Thread.onSpinWait();
    }
  }

  private static ToolCallBatch.Outcome answered(String text) {
    return new ToolCallBatch.Outcome.Answered(
        List.of(new Message.ToolAnswer(REQUEST, text, Optional.of(Status.SUCCEEDED))));
  }

  @Test
  void whatAPersonSaysIsDoneAndTheReasonOfANoIsGivenToTheModel() throws Exception {
    assertThat(turn(_ -> Approver.Decision.YES).make(List.of(REQUEST)))
        .isEqualTo(answered("approved"));
    assertThat(turn(_ -> Approver.Decision.NO).make(List.of(REQUEST)))
        .isEqualTo(answered("denied"));
    assertThat(
            turn(_ -> new Approver.Decision.No(Optional.of("use make check")))
                .make(List.of(REQUEST)))
        .isEqualTo(answered("denied\nThe person's reason: use make check"));
  }

  @Test
  void aCallAboutWhichAPersonIsAskedWhenTheRunIsInterruptedIsNamed() {
    ToolCallBatch batch =
        turn(_ -> {
          throw new InterruptedException();
        });

    assertThatThrownBy(() -> batch.make(List.of(REQUEST))).isInstanceOf(InterruptedException.class);

    assertThat(batch.stopped())
        .containsExactly("run_shell waited for a person's answer, and was not made");
  }

  @Test
  void aCallThatWasStoppedIsNamedWithItsPlaceAndItsEnd() throws Exception {
    ToolCallBatch batch =
        new ToolCallBatch(
            new Toolbox(
                List.of(),
                call ->
                    new ToolResult(call.id(), "On gpu (box):\nIt was stopped.", Status.CANCELLED),
                new Toolbox.Approvals(
                    _ -> false,
                    _ -> Approver.Decision.YES,
                    call -> result(call, "approved"),
                    call -> result(call, "denied")),
                1,
                Optional.empty()),
            clock,
            events::add);

    ToolCallBatch.Outcome ignored = batch.make(List.of(REQUEST));

    assertThat(batch.stopped()).containsExactly("run_shell on gpu (box): It was stopped.");
  }

  @Test
  void theRunsClockStandsStillDuringAQuestionAndGoesOnAfterIt() throws Exception {
    List<Duration> during = new ArrayList<>();
    Approver slow =
        _ -> {
          for (int i = 0; i < 2; i++) {
            during.add(clock.elapsed());
            aMomentPasses();
          }
          return Approver.Decision.YES;
        };

    turn(slow).make(List.of(REQUEST));
    Duration after = clock.elapsed();
    aMomentPasses();

    assertThat(during.get(1)).isEqualTo(during.get(0));
    assertThat(clock.elapsed()).isGreaterThan(after);
  }

  @Test
  void aCallHasTakenNoLongerThanTheTurn() throws Exception {
    long startNanos = System.nanoTime();
    turn(_ -> Approver.Decision.YES).make(List.of(REQUEST));
    Duration turn = Duration.ofNanos(System.nanoTime() - startNanos);

    assertThat(events.getLast())
        .isInstanceOfSatisfying(
            RunEvent.ToolEnded.class,
            ended -> assertThat(ended.duration()).isBetween(Duration.ZERO, turn));
  }
}
