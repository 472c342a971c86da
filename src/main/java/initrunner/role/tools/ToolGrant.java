package initrunner.role.tools;

import initrunner.schema.type.Choice;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Flag;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.type.Variants;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// One entry of `spec.tools`: a tool, and the conditions for its use.
///
/// @param sandboxes where it runs, of several; empty for the default one
public record ToolGrant(
    ToolSettings tool, Approval approval, Permissions permissions, List<String> sandboxes) {

  /// The field for one of several sandboxes.
  public static final Field<Optional<String>> SANDBOX =
      Field.optional(
          "sandbox", Text.notBlank(), "Which of security.sandboxes it runs in (default: default).");

  /// The field for more of them.
  public static final Field<List<String>> SANDBOXES =
      Field.of(
          "sandboxes",
          new ListOf<>(Text.notBlank()),
          List.of(),
          "Several of security.sandboxes; the model says in each call which one.");

  public ToolGrant {
    sandboxes = List.copyOf(sandboxes);
  }

  /// One without a word about sandboxes.
  public ToolGrant(ToolSettings tool, Approval approval, Permissions permissions) {
    this(tool, approval, permissions, List.of());
  }

  /// Whether the tool is in this sandbox.
  public boolean isAt(String sandbox, boolean isDefault) {
    return sandboxes.isEmpty() ? isDefault : sandboxes.contains(sandbox);
  }

  /// One without approvals and rules.
  public ToolGrant(ToolSettings tool) {
    this(tool, Approval.AUTO, Permissions.ALLOW_ALL);
  }

  /// Whether a person is asked before each call.
  public enum Approval {
    /// No person is asked.
    AUTO,
    /// A person is asked, but not by the functions that only read.
    CHANGES,
    /// A person is: `approval: required`, or `require_confirmation: true`.
    REQUIRED
  }

  /// The section of the entries of one tool.
  ///
  /// @param arguments of the tool's functions
  static Section<ToolGrant> section(
      String type, Section<? extends ToolSettings> tool, RuleArguments arguments) {
    return section(type, tool, arguments, ToolGrant::approval);
  }

  /// The same with `require_confirmation`, which also requires an approval.
  static Section<ToolGrant> confirmable(
      String type, Section<? extends ToolSettings> tool, List<String> parameters) {
    return section(type, tool, RuleArguments.of(parameters), ToolGrant::confirmation);
  }

  /// The same for a tool before whose calls a person is asked unless the role says otherwise.
  static Section<ToolGrant> careful(
      String type, Section<? extends ToolSettings> tool, List<String> parameters) {
    return section(type, tool, RuleArguments.of(parameters), f -> approval(f, Approval.REQUIRED));
  }

  private static Section<ToolGrant> section(
      String type,
      Section<? extends ToolSettings> tool,
      RuleArguments arguments,
      Function<Fields, Approval> approval) {
    List<BiConsumer<Values, Decoding>> checks = new ArrayList<>(tool.checks());
    checks.add(arguments::check);
    Section<ToolGrant> entry =
        Section.of(f -> {
          f.required(Variants.KEY, Choice.of(type), type, "Which tool this is.");
          return new ToolGrant(
              tool.build().apply(f),
              approval.apply(f),
              f.get(Permissions.FIELD).orElse(Permissions.ALLOW_ALL),
              sandboxes(f));
        });
    return new Section<>(
        entry.fields(), entry.defaults(), tool.refusals(), tool.inert(), checks, entry.build());
  }

  private static List<String> sandboxes(Fields f) {
    Optional<String> one = f.get(SANDBOX);
    List<String> several = f.get(SANDBOXES);
    return one.map(List::of).orElse(several);
  }

  private static Approval approval(Fields f) {
    return approval(f, Approval.AUTO);
  }

  private static Approval approval(Fields f, Approval byDefault) {
    return f.choice("approval", byDefault, "Whether a person is asked before each call.");
  }

  private static Approval confirmation(Fields f) {
    boolean isConfirmed =
        f.get("require_confirmation", new Flag(), false, "The same as approval: required.");
    Approval written = approval(f);
    return isConfirmed ? Approval.REQUIRED : written;
  }
}
