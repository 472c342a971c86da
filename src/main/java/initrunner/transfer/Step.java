package initrunner.transfer;

import initrunner.transfer.tree.TreePath;
import initrunner.transfer.tree.Version;

/// What is to be done about one name.
sealed interface Step {

  TreePath path();

  /// Both sides have the same.
  record Same(TreePath path, Version version) implements Step {}

  /// Neither side has it any more.
  record Gone(TreePath path) implements Step {}

  /// The version of this machine goes to the host.
  record Send(TreePath path) implements Step {}

  /// The version of the host comes here.
  record Fetch(TreePath path) implements Step {}

  record RemoveThere(TreePath path) implements Step {}

  record RemoveHere(TreePath path) implements Step {}

  /// A difference that this exchange leaves as it is.
  record Left(TreePath path) implements Step {}

  /// Both sides have changed it, or one stands in the way of the other: nothing is written.
  ///
  /// @param reason for a person
  record Conflict(TreePath path, String reason) implements Step {}
}
