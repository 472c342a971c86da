package initrunner.cli.files;

import initrunner.transfer.Rules;
import initrunner.transfer.TransferReport;
import initrunner.transfer.TransferReport.Difference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What all parts of a transfer did, with names as the person wrote them. For one thread.
final class Totals {

  private final String host;
  private final Optional<String> sandbox;

  /// What the side that is only read does not have is no change of the other one.
  private final TransferReport.Held otherSide;

  private final List<String> sent = new ArrayList<>();
  private final List<String> fetched = new ArrayList<>();
  private final List<String> removedThere = new ArrayList<>();
  private final List<String> removedHere = new ArrayList<>();
  private final List<Difference> conflicts = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private int left;
  private int same;
  private int files;
  private long bytes;

  /// @param sandbox its name; empty in a role with one
  Totals(String host, Optional<String> sandbox, Rules.Direction direction) {
    this.host = host;
    this.sandbox = sandbox;
    this.otherSide =
        direction == Rules.Direction.PULL ? TransferReport.Held.HERE : TransferReport.Held.THERE;
  }

  void add(Part part, TransferReport report) {
    sent.addAll(shown(part, report.sent()));
    fetched.addAll(shown(part, report.fetched()));
    removedThere.addAll(shown(part, report.removedThere()));
    removedHere.addAll(shown(part, report.removedHere()));
    report
        .conflicts()
        .forEach(each -> conflicts.add(new Difference(part.shown(each.name()), each.reason())));
    refused.addAll(shown(part, report.refused()));
    shown(part, report.missing()).forEach(name -> refused.add(name + ": is not on " + host));
    left += (int) report.left().stream().filter(each -> each.held() != otherSide).count();
    same += report.same();
    files += report.files();
    bytes += report.bytes();
  }

  private static List<String> shown(Part part, Collection<String> names) {
    return names.stream().map(part::shown).toList();
  }

  String host() {
    return host;
  }

  Optional<String> sandbox() {
    return sandbox;
  }

  /// Sandbox and host, as the other lines about the transfer name them.
  String place() {
    return sandbox
        .filter(name -> !name.equals(host))
        .map(name -> name + " (" + host + ")")
        .orElse(host);
  }

  List<String> sent() {
    return sent;
  }

  List<String> fetched() {
    return fetched;
  }

  List<String> removedThere() {
    return removedThere;
  }

  List<String> removedHere() {
    return removedHere;
  }

  List<Difference> conflicts() {
    return conflicts;
  }

  List<String> refused() {
    return refused;
  }

  /// How many names the side that was written on had changed or removed, and still has so.
  int left() {
    return left;
  }

  int same() {
    return same;
  }

  int files() {
    return files;
  }

  long bytes() {
    return bytes;
  }

  boolean isComplete() {
    return conflicts.isEmpty() && refused.isEmpty();
  }

  /// Whether something was done.
  boolean isEmpty() {
    return sent.isEmpty() && fetched.isEmpty() && removedThere.isEmpty() && removedHere.isEmpty();
  }
}
