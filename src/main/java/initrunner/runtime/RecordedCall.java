package initrunner.runtime;

import initrunner.runtime.gate.CallGate;
import initrunner.text.SafeText;
import initrunner.text.SecretValues;
import initrunner.tool.PersonsDecision;
import initrunner.tool.ShellInput;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A call as the audit log names it. Immutable.
///
/// @param program the first word of the command; empty if there is none
/// @param tool the kind of tool; empty if no tool made the call
/// @param function the name that the model called
/// @param request the model's id of the call
/// @param arguments as JSON, unredacted
/// @param decision of a person who was asked
record RecordedCall(
    String program,
    Optional<String> tool,
    Optional<String> function,
    Optional<String> request,
    String arguments,
    Optional<PersonsDecision> decision) {

  private static final Set<String> NOT_RECORDED = Set.of(RoleRuntime.FACTS_TOOL, "transfer");

  /// A command that no model asked for.
  ///
  /// @param tool what InitRunner itself asks; empty for a person's own command
  static RecordedCall of(List<String> argv, Optional<String> tool) {
    return new RecordedCall(
        argv.getFirst(),
        tool,
        Optional.empty(),
        Optional.empty(),
        json(argv.subList(1, argv.size())),
        Optional.empty());
  }

  /// A function of the tool `jobs` that a person calls.
  ///
  /// @param words of the command of a job that is started, else ids
  static RecordedCall ofJobs(String function, List<String> words) {
    return new RecordedCall(
        function.equals("start_job") ? words.getFirst() : ShellInput.PROGRAM,
        Optional.of("jobs"),
        Optional.of(function),
        Optional.empty(),
        json(words),
        Optional.empty());
  }

  /// A model's call of a tool.
  static RecordedCall of(ToolCall call, Tool tool, String program) {
    return new RecordedCall(
        program,
        Optional.of(tool.type()),
        Optional.of(tool.name()),
        Optional.of(call.id()),
        json(call.arguments()),
        Optional.empty());
  }

  /// A model's call that was refused.
  static RecordedCall of(ToolCall call, CallGate.Verdict.Refused refused) {
    return new RecordedCall(
        refused.program(),
        refused.tool(),
        Optional.of(call.tool()),
        Optional.of(call.id()),
        json(call.arguments()),
        Optional.empty());
  }

  /// What of its output the role may have recorded.
  enum OutputRecorded {
    ALL,
    /// Without the description of the job in front of it.
    OF_JOB,
    NOTHING
  }

  /// The role may not have recorded what calls print that move whole files, InitRunner's own
  /// questions and the answers of its scripts for jobs, and a program at a terminal, whose looks
  /// are recorded.
  OutputRecorded outputRecorded() {
    boolean isOfJobs = tool.equals(Optional.of("jobs"));
    if (isOfJobs && function.equals(Optional.of("job_output"))) {
      return OutputRecorded.OF_JOB;
    }
    return isOfJobs
            || tool.stream().anyMatch(NOT_RECORDED::contains)
            || function.equals(Optional.of("open_terminal"))
        ? OutputRecorded.NOTHING
        : OutputRecorded.ALL;
  }

  /// The same with its names redacted; its arguments stay.
  RecordedCall redacted(SecretValues secrets) {
    return new RecordedCall(
        secrets.redacted(program),
        tool,
        function.map(secrets::redacted),
        request.map(secrets::redacted),
        arguments,
        decision);
  }

  /// The same with a person's decision.
  RecordedCall decided(Optional<PersonsDecision> taken) {
    return new RecordedCall(program, tool, function, request, arguments, taken);
  }

  /// The value as JSON, with fields in their original order.
  private static String json(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry ->
                  SafeText.quoted(String.valueOf(entry.getKey())) + ":" + json(entry.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
      case Collection<?> list ->
          list.stream().map(RecordedCall::json).collect(Collectors.joining(",", "[", "]"));
      case Number number -> number.toString();
      case Boolean flag -> flag.toString();
      default -> SafeText.quoted(value.toString());
    };
  }
}
