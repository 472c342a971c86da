package initrunner.role;

import java.util.List;
import java.util.Optional;

/// What contains the agent (`spec.security`).
///
/// @param sandbox where tool calls run, and how contained
/// @param sensitiveNames which variables no tool gets
/// @param content what a prompt and an answer may hold
/// @param recordedArguments whether the record holds the arguments of calls
public record Security(
    SandboxSettings sandbox,
    SensitiveNames sensitiveNames,
    ContentRules content,
    RecordedArguments recordedArguments) {

  /// One with the default rules about names, content and the record.
  public Security(SandboxSettings sandbox) {
    this(sandbox, SensitiveNames.DEFAULT, ContentRules.DEFAULT, RecordedArguments.NONE);
  }

  /// `audit.arguments`: what the record holds of a call's arguments.
  public enum RecordedArguments {
    /// A digest alone.
    NONE,
    /// Their beginning, without secrets.
    REDACTED
  }

  /// `tools`: how names of variables that hold secrets look. A list replaces the default one.
  ///
  /// @param prefixes empty for the default list
  /// @param suffixes empty for the default list
  /// @param allowed names that are no secret all the same; empty for the default list
  public record SensitiveNames(
      Optional<List<String>> prefixes,
      Optional<List<String>> suffixes,
      Optional<List<String>> allowed) {

    public static final SensitiveNames DEFAULT =
        new SensitiveNames(Optional.empty(), Optional.empty(), Optional.empty());

    public SensitiveNames {
      prefixes = prefixes.map(List::copyOf);
      suffixes = suffixes.map(List::copyOf);
      allowed = allowed.map(List::copyOf);
    }
  }
}
