package initrunner.cli.init;

import initrunner.role.model.ModelName;
import java.util.List;
import java.util.Optional;

/// What the five questions are answered with. Immutable.
///
/// @param host empty for this machine
/// @param directory where tools start there; empty for the login directory, here that of the role
/// @param tools their types, at least one
record Answers(
    Optional<String> host,
    Optional<String> directory,
    List<String> tools,
    Asked asked,
    ModelName model) {

  /// The word for this machine where a host is asked for.
  static final String THIS_MACHINE = "this-machine";

  Answers {
    tools = List.copyOf(tools);
  }
}
