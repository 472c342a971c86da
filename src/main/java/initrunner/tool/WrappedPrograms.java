package initrunner.tool;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Finds the programs that a command names: the first word, and what stands behind programs whose
/// job is to start the one that they are given (`env`, `nice`, `timeout 5`, `xargs`).
///
/// It reads words, not programs. What an interpreter is told in a text (`sh -c`, `python -c`), what
/// `find -exec` or `git -c alias` starts, and a link or a copy under another name stay unseen.
final class WrappedPrograms {

  /// How a wrapper's own arguments read, up to the program that it starts.
  ///
  /// @param valueLetters short options that take a value
  /// @param valueNames long options that take a value in the next word
  /// @param operands words of its own before the program
  private record Grammar(String valueLetters, List<String> valueNames, int operands) {

    static Grammar of(String valueLetters, String... valueNames) {
      return new Grammar(valueLetters, List.of(valueNames), 0);
    }

    Grammar withOperands(int count) {
      return new Grammar(valueLetters, valueNames, count);
    }
  }

  private static final Map<String, Grammar> WRAPPERS =
      Map.ofEntries(
          entry("env", Grammar.of("uCSaPLU", "unset", "chdir", "split-string", "argv0")),
          entry("nice", Grammar.of("n", "adjustment")),
          entry("nohup", Grammar.of("")),
          entry("timeout", Grammar.of("ks", "kill-after", "signal").withOperands(1)),
          entry("setsid", Grammar.of("")),
          entry("stdbuf", Grammar.of("ioe", "input", "output", "error")),
          entry("ionice", Grammar.of("cnpPu", "class", "classdata", "pid", "pgid", "uid")),
          entry("time", Grammar.of("fo", "format", "output")),
          entry("command", Grammar.of("")),
          entry(
              "xargs",
              Grammar.of(
                  "adEILnPsJRS",
                  "arg-file",
                  "delimiter",
                  "max-args",
                  "max-procs",
                  "max-chars",
                  "process-slot-var")),
          entry("busybox", Grammar.of("")),
          entry("toybox", Grammar.of("")),
          entry("chroot", Grammar.of("ugG", "userspec", "groups").withOperands(1)),
          entry(
              "sudo",
              Grammar.of(
                  "ughpCDRrtTUac",
                  "user",
                  "group",
                  "host",
                  "prompt",
                  "close-from",
                  "chdir",
                  "chroot",
                  "role",
                  "type",
                  "command-timeout",
                  "other-user",
                  "auth-type",
                  "login-class")),
          entry("doas", Grammar.of("uCa")),
          entry("taskset", Grammar.of("").withOperands(1)),
          entry(
              "chrt",
              Grammar.of("TPD", "sched-runtime", "sched-period", "sched-deadline").withOperands(1)),
          entry(
              "flock",
              Grammar.of("wEc", "timeout", "wait", "conflict-exit-code", "command")
                  .withOperands(1)),
          entry(
              "unshare",
              Grammar.of(
                  "SGRwl",
                  "setuid",
                  "setgid",
                  "root",
                  "wd",
                  "load-interp",
                  "map-user",
                  "map-group",
                  "map-users",
                  "map-groups",
                  "propagation",
                  "setgroups",
                  "monotonic",
                  "boottime")),
          entry("nsenter", Grammar.of("tSGW", "target", "setuid", "setgid", "wdns")),
          entry("prlimit", Grammar.of("po", "pid", "output")),
          entry(
              "setpriv",
              Grammar.of(
                  "",
                  "ambient-caps",
                  "inh-caps",
                  "bounding-set",
                  "ruid",
                  "euid",
                  "rgid",
                  "egid",
                  "reuid",
                  "regid",
                  "groups",
                  "securebits",
                  "pdeathsig",
                  "ptracer",
                  "selinux-label",
                  "apparmor-profile",
                  "landlock-access",
                  "landlock-rule",
                  "seccomp-filter")),
          entry(
              "runuser",
              Grammar.of(
                  "uwgGcs",
                  "user",
                  "whitelist-environment",
                  "group",
                  "supp-group",
                  "command",
                  "session-command",
                  "shell")),
          entry(
              "systemd-run",
              Grammar.of(
                  "HMCupE",
                  "host",
                  "machine",
                  "capsule",
                  "unit",
                  "property",
                  "description",
                  "slice",
                  "service-type",
                  "uid",
                  "gid",
                  "nice",
                  "working-directory",
                  "setenv",
                  "background",
                  "json",
                  "on-active",
                  "on-boot",
                  "on-startup",
                  "on-unit-active",
                  "on-unit-inactive",
                  "on-calendar",
                  "path-property",
                  "socket-property",
                  "timer-property")),
          entry("strace", Grammar.of("IbeaosXOSPpUEu", "env", "attach", "user", "output", "trace")),
          entry("watch", Grammar.of("nqs", "interval", "equexit", "shotsdir")),
          // What setarch takes first is also the name of a program that does the same.
          entry("setarch", Grammar.of("")),
          entry("linux32", Grammar.of("")),
          entry("linux64", Grammar.of("")),
          entry("uname26", Grammar.of("")),
          entry("i386", Grammar.of("")),
          entry("i486", Grammar.of("")),
          entry("i586", Grammar.of("")),
          entry("i686", Grammar.of("")),
          entry("x86_64", Grammar.of("")),
          entry("arm", Grammar.of("")),
          entry("aarch64", Grammar.of("")),
          entry("ppc64le", Grammar.of("")),
          entry("s390x", Grammar.of("")),
          entry("riscv64", Grammar.of("")));

  private final List<String> programs = new ArrayList<>();
  private final List<List<String>> commands = new ArrayList<>();

  private WrappedPrograms() {}

  /// The base names of all programs found, the first word's first.
  static List<String> of(List<String> argv) {
    return List.copyOf(in(argv).programs);
  }

  /// The command itself and those behind wrappers, each as it is written and with the base name of
  /// its program.
  static List<List<String>> commands(List<String> argv) {
    return List.copyOf(in(argv).commands);
  }

  private static WrappedPrograms in(List<String> argv) {
    WrappedPrograms found = new WrappedPrograms();
    List<String> rest = argv;
    while (!rest.isEmpty()) {
      found.noteCommand(rest);
      String program = baseName(rest.getFirst());
      found.programs.add(program);
      Grammar grammar = WRAPPERS.get(program);
      rest = grammar == null ? List.of() : found.behind(grammar, rest.subList(1, rest.size()));
    }
    return found;
  }

  private void noteCommand(List<String> words) {
    commands.add(words);
    List<String> named = new ArrayList<>(words);
    named.set(0, baseName(words.getFirst()));
    commands.add(named);
  }

  /// The last component of a path, whether or not slashes follow it.
  static String baseName(String word) {
    int end = word.length();
    while (end > 1 && word.charAt(end - 1) == '/') {
      end--;
    }
    String trimmed = word.substring(0, end);
    return trimmed.length() > 1 ? trimmed.substring(trimmed.lastIndexOf('/') + 1) : trimmed;
  }

  private List<String> behind(Grammar grammar, List<String> words) {
    int at = 0;
    while (at < words.size() && words.get(at).startsWith("-")) {
      String option = words.get(at++);
      if (option.equals("--")) {
        break;
      }
      boolean valueIsNext =
          option.startsWith("--")
              ? isLongWithValue(grammar, option.substring(2))
              : isClusterWithValue(grammar, option);
      String next = valueIsNext && at < words.size() ? words.get(at++) : "";
      noteSplitString(grammar, option, next, words.subList(at, words.size()));
    }
    at += grammar.operands();
    while (at < words.size() && words.get(at).indexOf('=') > 0) {
      at++;
    }
    return at < words.size() ? words.subList(at, words.size()) : List.of();
  }

  /// Long options may be abbreviated.
  private static boolean isLongWithValue(Grammar grammar, String name) {
    return name.indexOf('=') < 0
        && grammar.valueNames().stream().anyMatch(known -> known.startsWith(name));
  }

  /// Whether a word such as `-iu` ends with an option whose value is the next word.
  private static boolean isClusterWithValue(Grammar grammar, String cluster) {
    for (int i = 1; i < cluster.length(); i++) {
      if (grammar.valueLetters().indexOf(cluster.charAt(i)) >= 0) {
        return i == cluster.length() - 1;
      }
    }
    return false;
  }

  /// `env -S` splits its value by rules of its own, so every word in it counts as a program.
  private void noteSplitString(
      Grammar grammar, String option, String next, List<String> following) {
    if (!grammar.valueNames().contains("split-string")) {
      return;
    }
    boolean isSplitString =
        option.startsWith("--s") || (!option.startsWith("--") && option.indexOf('S') > 0);
    if (!isSplitString) {
      return;
    }
    List<String> words =
        Arrays.stream((option + " " + next).split("\\\\_|[\\s\"'\\\\=]+|^-[^S]*S", -1))
            .filter(word -> !word.isEmpty())
            .toList();
    for (int i = 0; i < words.size(); i++) {
      programs.add(baseName(words.get(i)));
      List<String> command = new ArrayList<>(words.subList(i, words.size()));
      command.addAll(following);
      noteCommand(command);
    }
  }
}
