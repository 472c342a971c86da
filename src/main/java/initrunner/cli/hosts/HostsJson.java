package initrunner.cli.hosts;

import initrunner.cli.console.ExitCodes;
import initrunner.cli.exec.ExecReport;
import initrunner.exec.Ended;
import initrunner.exec.Outcome;
import initrunner.exec.transport.ShellStatus;
import initrunner.role.Role;
import initrunner.text.JsonText;
import initrunner.tool.hosts.CondensedAnswer;
import initrunner.tool.hosts.HostAnswer;
import initrunner.tool.hosts.HostEnd;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The answers of many hosts for programs: one JSON object on a line for each host, then one of
/// all. Stateless.
final class HostsJson {

  private static final int MOST_STATUS = 255;

  private HostsJson() {}

  /// One host's.
  static String line(Role role, HostAnswer answer) {
    return switch (answer.end()) {
      case HostEnd.Ran(Ended ended) -> {
        Outcome outcome = new Outcome(ended, answer.output().end(), answer.elapsed());
        yield ExecReport.of(role, outcome, answer.output().kept())
            .json(Math.clamp(ShellStatus.of(ended), 0, MOST_STATUS));
      }
      case HostEnd.Refused refused -> ExecReport.of(role, refused).json(ExitCodes.EXEC_FAILED);
      case HostEnd.NotTried untried -> ExecReport.of(role, untried).json(ExitCodes.EXEC_FAILED);
    };
  }

  /// That of all.
  ///
  /// @param again names of hosts that have another name among the hosts
  static String line(CondensedAnswer condensed, Map<String, String> again) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("hosts", condensed.hosts());
    fields.put("succeeded", condensed.succeeded());
    fields.put("failed", condensed.hosts() - condensed.succeeded());
    fields.put("answers", condensed.answers().stream().map(HostsJson::equal).toList());
    fields.put("same_hosts", again);
    fields.put("failures", condensed.failures().stream().map(HostsJson::failure).toList());
    return JsonText.line(fields);
  }

  private static Map<String, Object> equal(CondensedAnswer.Equal answer) {
    return Map.of("hosts", List.copyOf(answer.hosts()));
  }

  private static Map<String, Object> failure(CondensedAnswer.Failure failure) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("what", failure.what());
    fields.put("said", failure.said());
    fields.put("remedy", failure.remedy());
    fields.put("hosts", failure.hosts());
    return fields;
  }
}
