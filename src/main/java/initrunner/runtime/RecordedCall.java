package initrunner.runtime;

import initrunner.text.SafeText;
import initrunner.text.SecretValues;
import initrunner.tool.Tool;
import initrunner.tool.ToolCall;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A call as the audit log names it. Immutable.
///
/// @param program the first word of the command; empty if there is none
/// @param tool the kind of tool; empty if no tool made the call
/// @param function the name that the model called
/// @param arguments as JSON, unredacted
record RecordedCall(
    String program, Optional<String> tool, Optional<String> function, String arguments) {

  /// A command that no model asked for.
  ///
  /// @param tool what InitRunner itself asks; empty for a person's own command
  static RecordedCall of(List<String> argv, Optional<String> tool) {
    return new RecordedCall(
        argv.getFirst(), tool, Optional.empty(), json(argv.subList(1, argv.size())));
  }

  /// A model's call of a tool.
  static RecordedCall of(ToolCall call, Tool tool, String program) {
    return new RecordedCall(
        program, Optional.of(tool.type()), Optional.of(tool.name()), json(call.arguments()));
  }

  /// A model's call that was refused.
  static RecordedCall of(ToolCall call, CallGate.Verdict.Refused refused) {
    return new RecordedCall(
        refused.program(), refused.tool(), Optional.of(call.tool()), json(call.arguments()));
  }

  /// The same with its names redacted; its arguments stay.
  RecordedCall redacted(SecretValues secrets) {
    return new RecordedCall(
        secrets.redacted(program), tool, function.map(secrets::redacted), arguments);
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
