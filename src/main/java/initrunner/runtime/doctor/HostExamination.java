package initrunner.runtime.doctor;

import initrunner.exec.Command;
import initrunner.launch.Probe;
import initrunner.ssh.SshFacts;
import initrunner.ssh.client.SshTarget;
import initrunner.text.PackagedText;
import initrunner.text.SafeText;
import initrunner.tool.jobs.JobScripts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Examines a connected host with one script. Stateless; blocks for the host's answer.
final class HostExamination {

  /// An ordinary server allows as many sessions.
  static final int SESSIONS_TRIED = 10;

  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final long SKEW_TOLD_SECONDS = 5;
  private static final long DISK_TOLD_KIB = 1024 * 1024;
  private static final List<String> PROGRAMS = List.of("python3", "tar", "setsid", "git");

  private static final Command QUESTION = question();

  private HostExamination() {}

  private static Command question() {
    List<String> argv =
        new ArrayList<>(
            List.of("sh", "-c", PackagedText.read(HostExamination.class, "host.sh"), "sh"));
    argv.addAll(PROGRAMS);
    return Command.of("sh").withArgv(argv);
  }

  /// The findings about the host itself.
  ///
  /// @param target of the connection
  static List<Finding> of(Probe probe, SshTarget target) {
    Instant before = Instant.now();
    Probe.Answer answer = probe.ask(QUESTION, BOUND);
    Instant after = Instant.now();
    Map<String, String> said = values(answer.stdout());
    if (said.isEmpty()) {
      return List.of(unknown(answer, target));
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(
        Finding.ok(
            "account",
            told(said, "user") + " in " + told(said, "directory") + ", " + told(said, "os")));
    findings.add(Finding.ok("login shell", told(said, "shell")));
    findings.add(Finding.ok("PATH", told(said, "path")));
    PROGRAMS.forEach(program -> findings.add(program(program, said)));
    findings.add(Finding.ok("open files", told(said, "files")));
    findings.add(clock(said, before, after));
    findings.add(disk(said));
    findings.add(jobs(probe));
    return findings;
  }

  private static Finding jobs(Probe probe) {
    String[] said = probe.ask(JobScripts.survives(), BOUND).stdout().strip().split(" ", 2);
    return said[0].equals("yes")
        ? Finding.ok("jobs", "survive the logout of the account")
        : Finding.note(
            "jobs",
            (said[0].equals("no") ? "do not survive" : "may not survive")
                + " the logout of the account"
                + (said.length > 1 ? ": " + SafeText.oneLine(said[1]) : ""),
            "Keep a connection open while they run, or ask for KillUserProcesses=no in"
                + " logind.conf there.");
  }

  private static String told(Map<String, String> said, String name) {
    String value = said.getOrDefault(name, "");
    return value.isEmpty() ? "unknown" : value;
  }

  private static Finding unknown(Probe.Answer answer, SshTarget target) {
    String why = SafeText.said(answer.stderr());
    return Finding.missing(
        "facts",
        "unknown: a script in sh ended with status "
            + answer.status()
            + " and printed nothing"
            + (why.isEmpty() ? "" : ": " + why),
        target.inAdvice("Check that a command can start there: {ssh} {host} sh -c true"));
  }

  /// @param facts of the shared connection; empty if the client cannot share one
  static List<Finding> connection(Optional<SshFacts> facts) {
    Finding connected = Finding.ok("connect", "resolved, connected, host key and login accepted");
    if (facts.isEmpty()) {
      return List.of(
          connected,
          Finding.note(
              "multiplexing",
              "the client cannot share a connection; each command gets an ssh process of its own",
              "Use OpenSSH 7.4 or later here, and leave transport at auto."));
    }
    SshFacts found = facts.get();
    Finding sessions =
        found.sessions() < SESSIONS_TRIED
            ? Finding.note(
                "sessions",
                found.sessions() + " at once over one connection; more log in anew or wait",
                "On the server: MaxSessions " + SESSIONS_TRIED + " in sshd_config")
            : Finding.ok("sessions", found.sessions() + " at once over one connection, or more");
    Finding quoting =
        found.posixShell()
            ? Finding.ok("quoting", "the login shell reads POSIX quoting back exactly")
            : Finding.ok("quoting", "the login shell does not; commands travel on its input");
    Finding noise =
        found.quietShell()
            ? Finding.ok("rc files", "quiet")
            : Finding.note(
                "rc files",
                "write into the output of commands; initrunner removes it",
                "Let them write only in an interactive shell: case $- in *i*) ;; *) return ;; esac");
    return List.of(
        connected,
        Finding.ok("multiplexing", "one connection for all commands"),
        sessions,
        quoting,
        noise);
  }

  private static Finding program(String name, Map<String, String> said) {
    return said.containsKey("has_" + name)
        ? Finding.ok(name, "there")
        : Finding.note(name, "not there", "apt install " + packageOf(name));
  }

  private static String packageOf(String program) {
    return program.equals("setsid") ? "util-linux" : program;
  }

  private static Finding clock(Map<String, String> said, Instant before, Instant after) {
    Optional<Long> time = number(said.getOrDefault("time", ""));
    if (time.isEmpty()) {
      return Finding.note("clock", "unknown", "By hand: date +%s");
    }
    long skew =
        time.get() < before.getEpochSecond()
            ? before.getEpochSecond() - time.get()
            : Math.max(0, time.get() - after.getEpochSecond());
    return skew > SKEW_TOLD_SECONDS
        ? Finding.note("clock", skew + " s apart from here", "Let both follow the same NTP server.")
        : Finding.ok("clock", "as here");
  }

  private static Finding disk(Map<String, String> said) {
    Optional<Long> free = number(said.getOrDefault("free", ""));
    if (free.isEmpty()) {
      return Finding.note("free disk", "unknown", "By hand: df -Pk .");
    }
    String megabytes = free.get() / 1024 + " MiB where commands start";
    return free.get() < DISK_TOLD_KIB
        ? Finding.note(
            "free disk", megabytes, "Make room, or set remote_cwd to where there is some.")
        : Finding.ok("free disk", megabytes);
  }

  private static Optional<Long> number(String text) {
    return Optional.of(text).filter(t -> t.matches("[0-9]{1,18}")).map(Long::valueOf);
  }

  /// The host is not trusted: one line each, without anything that a terminal obeys.
  private static Map<String, String> values(String text) {
    Map<String, String> values = new HashMap<>();
    text.lines()
        .filter(line -> line.indexOf('=') > 0)
        .forEach(line -> {
          int equals = line.indexOf('=');
          values.put(line.substring(0, equals), SafeText.said(line.substring(equals + 1)));
        });
    return values;
  }
}
