package initrunner.tool.hosts;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What many hosts answered, with each equal answer once. Immutable.
///
/// @param hosts how many there were
/// @param answers of the hosts where the command succeeded: the commonest first
/// @param failures the commonest first
public record CondensedAnswer(int hosts, List<Equal> answers, List<Failure> failures) {

  /// Hosts that printed the same.
  ///
  /// @param hosts in the order of the answers
  public record Equal(List<String> hosts, HostOutput output) {

    public Equal {
      hosts = List.copyOf(hosts);
    }
  }

  /// Hosts where the command did not succeed for the same reason.
  ///
  /// @param what happened, in a few words
  /// @param said by the connection to the first of them; blank for nothing
  /// @param remedy the next step, for the first of them; blank where the output says it
  /// @param outputs what the command printed there; the commonest first, none where it was not run
  public record Failure(
      String what, String said, String remedy, List<String> hosts, List<Equal> outputs) {

    public Failure {
      hosts = List.copyOf(hosts);
      outputs = List.copyOf(outputs);
    }
  }

  public CondensedAnswer {
    answers = List.copyOf(answers);
    failures = List.copyOf(failures);
  }

  /// The answers of all hosts. Equal ones stand together.
  public static CondensedAnswer of(List<HostAnswer> all) {
    SequencedMap<Object, List<HostAnswer>> failed = new LinkedHashMap<>();
    for (HostAnswer each : all) {
      if (!each.isSuccess()) {
        Object common = FailureKind.of(each.end()).common(each.host());
        failed.computeIfAbsent(common, _ -> new ArrayList<>()).add(each);
      }
    }
    return new CondensedAnswer(
        all.size(),
        equal(all.stream().filter(HostAnswer::isSuccess).toList()),
        failed.values().stream()
            .sorted(Comparator.comparingInt((List<HostAnswer> each) -> -each.size()))
            .map(CondensedAnswer::failure)
            .toList());
  }

  private static Failure failure(List<HostAnswer> group) {
    FailureKind kind = FailureKind.of(group.getFirst().end());
    List<HostAnswer> ran =
        group.stream().filter(each -> each.end() instanceof HostEnd.Ran).toList();
    return new Failure(kind.what(), kind.said(), kind.remedy(), hosts(group), equal(ran));
  }

  private static List<Equal> equal(List<HostAnswer> answers) {
    SequencedMap<Object, List<HostAnswer>> groups = new LinkedHashMap<>();
    for (HostAnswer each : answers) {
      Object same = List.of(each.output().digest(), each.output().end());
      groups.computeIfAbsent(same, _ -> new ArrayList<>()).add(each);
    }
    return groups.values().stream()
        .sorted(Comparator.comparingInt((List<HostAnswer> each) -> -each.size()))
        .map(group -> new Equal(hosts(group), group.getFirst().output()))
        .toList();
  }

  private static List<String> hosts(List<HostAnswer> answers) {
    return answers.stream().map(HostAnswer::host).toList();
  }

  /// On how many hosts the command succeeded.
  public int succeeded() {
    return answers.stream().mapToInt(each -> each.hosts().size()).sum();
  }
}
