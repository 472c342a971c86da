package initrunner.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import initrunner.exec.OutputEnd;
import initrunner.tool.CallEnd;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.hosts.CondensedAnswer;
import initrunner.tool.hosts.CondensedText;
import initrunner.tool.hosts.HostAnswer;
import initrunner.tool.hosts.HostEnd;
import initrunner.tool.hosts.HostOutput;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One call in several sandboxes at once, whose answers are condensed to one. Immutable.
record RunOn(List<SandboxAtWork> sandboxes) {

  /// What stands before the output in the answer of `run_shell`.
  private static final String STDOUT = "STDOUT:\n";

  /// Makes the call in each. Blocks until all have ended; answers an interrupt by stopping them,
  /// with the interrupt flag set again.
  ///
  /// @param work makes the call in one
  CallEnd made(ToolCall call, Function<SandboxAtWork, CallEnd> work) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<CallEnd>> calls =
          sandboxes.stream().<Callable<CallEnd>>map(each -> () -> work.apply(each)).toList();
      List<CallEnd> ends = new ArrayList<>();
      for (Future<CallEnd> each : threads.invokeAll(calls)) {
        ends.add(each.get());
      }
      return new CallEnd(new ToolResult(call.id(), text(ends), status(ends)));
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new CallEnd(
          new ToolResult(
              call.id(),
              "Error: the call was cancelled in all of its sandboxes.",
              ToolResult.Status.CANCELLED));
    }
  }

  /// That of the first that did not succeed; a failure if nothing was started there, but elsewhere.
  private static ToolResult.Status status(List<CallEnd> ends) {
    boolean isStarted = ends.stream().anyMatch(end -> end.ended().isPresent());
    return ends.stream()
        .filter(end -> end.result().status() != ToolResult.Status.SUCCEEDED)
        .findFirst()
        .map(end ->
            isStarted && end.ended().isEmpty() ? ToolResult.Status.FAILED : end.result().status())
        .orElse(ToolResult.Status.SUCCEEDED);
  }

  private String text(List<CallEnd> ends) {
    List<HostAnswer> answers = new ArrayList<>();
    for (int i = 0; i < ends.size(); i++) {
      answers.add(answer(sandboxes.get(i).place(), ends.get(i)));
    }
    CondensedAnswer condensed = CondensedAnswer.of(answers);
    return Stream.concat(
            CondensedText.answers(condensed).stream(), CondensedText.failures(condensed).stream())
        .map(CondensedText.Line::text)
        .collect(Collectors.joining("\n"));
  }

  /// Without the name of the stream where there is one stream alone, which has nothing before it.
  private static String plain(String text) {
    boolean isPlain = text.startsWith(STDOUT) && !text.contains("\nSTDERR:\n");
    return (isPlain ? text.substring(STDOUT.length()) : text) + "\n";
  }

  private static HostAnswer answer(String place, CallEnd end) {
    byte[] text = plain(end.result().text()).getBytes(UTF_8);
    HostOutput.Taken output = new HostOutput.Taken(Math.max(2, text.length));
    Optional<HostEnd> ran = end.ended().map(HostEnd.Ran::new);
    if (ran.isPresent()) {
      output.stdout(ByteBuffer.wrap(text));
    }
    return new HostAnswer(
        place,
        ran.orElseGet(() -> new HostEnd.Refused(Optional.empty(), "", end.result().text())),
        output.output(OutputEnd.COMPLETE),
        Duration.ZERO);
  }
}
