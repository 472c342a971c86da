package initrunner.cli.exec;

import initrunner.exec.Captured;
import initrunner.exec.Ended;
import initrunner.exec.Excerpt;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.role.Role;
import initrunner.role.sandbox.SshSettings;
import initrunner.text.JsonText;
import initrunner.tool.hosts.HostEnd;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One call as one JSON object on one line, for programs. A field that does not apply is null. All
/// fields are always there, except `stdout_base64` and `stderr_base64`, which appear only for bytes
/// that are not text.
public final class ExecReport {

  /// Replaces bytes that are not UTF-8.
  private static final char REPLACEMENT = '\uFFFD';

  private final Map<String, Object> fields = new LinkedHashMap<>();

  private ExecReport(Role role, String ended) {
    fields.put("ended", ended);
    setNone("status", "signal", "stop", "reason", "exit_code", "duration_ms");
    fields.put("backend", lowerCase(role.sandbox().backend()));
    fields.put("host", role.sandbox().ssh().map(SshSettings::host));
    fields.put("sandbox", role.security().sandboxName());
    setNone("output", "stdout_bytes", "stderr_bytes", "stdout", "stderr");
    setNone("stdout_truncated", "stdout_omitted_bytes");
    setNone("stderr_truncated", "stderr_omitted_bytes");
  }

  private void setNone(String... names) {
    for (String name : names) {
      fields.put(name, Optional.empty());
    }
  }

  public static ExecReport of(Role role, Outcome outcome, Captured captured) {
    ExecReport report = new ExecReport(role, name(outcome.ended()));
    switch (outcome.ended()) {
      case Ended.Exited(int status) -> report.fields.put("status", status);
      case Ended.OutOfMemory(int status) -> report.fields.put("status", status);
      case Ended.Signaled(String name) -> report.fields.put("signal", name);
      case Ended.TimedOut(Stop stop) -> report.fields.put("stop", lowerCase(stop));
      case Ended.Cancelled(Stop stop) -> report.fields.put("stop", lowerCase(stop));
      case Ended.Lost(String reason) -> report.fields.put("reason", reason);
    }
    report.fields.put("duration_ms", outcome.elapsed().toMillis());
    boolean isCut = captured.stdoutExcerpt().isCut() || captured.stderrExcerpt().isCut();
    report.fields.put(
        "output",
        isCut && outcome.output() == OutputEnd.COMPLETE
            ? "truncated"
            : lowerCase(outcome.output()));
    report.fields.put("stdout_bytes", captured.stdoutBytes());
    report.fields.put("stderr_bytes", captured.stderrBytes());
    report.stream("stdout", captured.stdoutExcerpt(), captured.stdoutKept());
    report.stream("stderr", captured.stderrExcerpt(), captured.stderrKept());
    return report;
  }

  /// @param kept the bytes of the excerpt
  private void stream(String name, Excerpt excerpt, byte[] kept) {
    fields.put(name, excerpt.text());
    fields.put(name + "_truncated", excerpt.isCut());
    fields.put(name + "_omitted_bytes", excerpt.omittedBytes());
    String text = excerpt.head() + excerpt.tail();
    boolean isText =
        excerpt.isCut()
            ? text.indexOf(REPLACEMENT) < 0
            : Arrays.equals(text.getBytes(StandardCharsets.UTF_8), kept);
    if (!isText) {
      fields.put(name + "_base64", Base64.getEncoder().encodeToString(kept));
    }
  }

  public static ExecReport of(Role role, TransportException refusal) {
    ExecReport report = new ExecReport(role, "not_started");
    report.fields.put("reason", lowerCase(refusal.kind()));
    return report;
  }

  /// The call to one of many hosts that was not started there.
  public static ExecReport of(Role role, HostEnd.Refused refused) {
    ExecReport report = new ExecReport(role, "not_started");
    report.fields.put("reason", refused.kind().map(ExecReport::lowerCase).orElse("other"));
    report.fields.put("message", refused.message());
    report.fields.put("remedy", refused.remedy());
    return report;
  }

  /// The call to one of many hosts that was not tried.
  public static ExecReport of(Role role, HostEnd.NotTried untried) {
    ExecReport report = new ExecReport(role, "not_started");
    report.fields.put("reason", "not_tried");
    report.fields.put("message", untried.why());
    return report;
  }

  /// The object with this process's exit status.
  public String json(int exitCode) {
    fields.put("exit_code", exitCode);
    return JsonText.line(fields);
  }

  private static String name(Ended ended) {
    return switch (ended) {
      case Ended.Exited _ -> "exited";
      case Ended.Signaled _ -> "signaled";
      case Ended.OutOfMemory _ -> "out_of_memory";
      case Ended.TimedOut _ -> "timed_out";
      case Ended.Cancelled _ -> "cancelled";
      case Ended.Lost _ -> "lost";
    };
  }

  private static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
