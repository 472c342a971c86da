package initrunner.tool.jobs;

import initrunner.launch.Trailer;
import initrunner.tool.jobs.Job.Cause;
import initrunner.tool.jobs.Job.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads what the scripts of jobs print: for each job a line `job ID`, and lines of a name, a blank
/// and a value. The first line of a name counts.
final class JobDescription {

  private static final char LINE_BREAK = '\037';
  private static final int MOST_JOBS = 10_000;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{1,32}");

  private final Map<String, String> said = new LinkedHashMap<>();

  private JobDescription() {}

  static List<Job> jobs(String text) {
    List<JobDescription> all = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (line.isEmpty() || all.size() > MOST_JOBS) {
        break;
      }
      int blank = line.indexOf(' ');
      String name = blank < 0 ? line : line.substring(0, blank);
      if (name.equals("job")) {
        if (!ID.matcher(line.substring(blank + 1)).matches()) {
          break;
        }
        all.add(new JobDescription());
      }
      if (!all.isEmpty()) {
        all.getLast().said.putIfAbsent(name, blank < 0 ? "" : line.substring(blank + 1));
      }
    }
    return all.stream().map(JobDescription::job).toList();
  }

  private String text(String name) {
    return said.getOrDefault(name, "");
  }

  private Job job() {
    return new Job(
        text("job"),
        text("name"),
        text("command"),
        instant(text("since")),
        text("host"),
        text("survives"),
        state(),
        number(text("bytes")),
        said.containsKey("closed"),
        number(text("closed")));
  }

  private State state() {
    return switch (text("is")) {
      case "running", "starting" -> new State.Running(number(text("pid")));
      case "ended" -> ended();
      case "rebooted" -> new State.Lost("the machine was started anew");
      case "elsewhere" -> new State.Elsewhere(text("node"));
      default -> new State.Lost("its processes are gone, and none has said how it ended");
    };
  }

  private State ended() {
    String[] words = text("status").strip().split(" ", -1);
    Optional<Instant> at = words.length > 1 ? instant(words[1]) : Optional.empty();
    String report = text("report").replace(LINE_BREAK, '\n');
    Optional<Trailer.End> trailer =
        Optional.ofNullable(said.get("trailer")).flatMap(mark -> new Trailer(mark).read(report));
    Optional<Trailer.Cause> ending = trailer.map(Trailer.End::cause);
    boolean isUnopened = said.containsKey("opening") && !report.contains(text("opening"));
    if (isUnopened || ending.filter(Trailer.Cause.UNSTARTED::equals).isPresent()) {
      return new State.Unstarted(report.strip(), at);
    }
    if (words[0].isEmpty()) {
      return new State.Lost("its status could not be written: the disk may have been full");
    }
    int status = trailer.map(Trailer.End::status).orElse((int) number(words[0]));
    Cause cause =
        said.containsKey("overtime")
            ? Cause.OVERTIME
            : said.containsKey("stopped")
                ? Cause.STOPPED
                : ending.filter(Trailer.Cause.OOM::equals).isPresent()
                    ? Cause.OUT_OF_MEMORY
                    : Cause.ITSELF;
    return new State.Ended(status, cause, at);
  }

  private static Optional<Instant> instant(String seconds) {
    return seconds.matches("[0-9]{1,12}")
        ? Optional.of(Instant.ofEpochSecond(Long.parseLong(seconds)))
        : Optional.empty();
  }

  private static long number(String text) {
    String digits = text.strip();
    return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
  }
}
