package initrunner.role;

import initrunner.schema.type.Field;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Type;
import initrunner.schema.type.Whole;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The declaration of `spec.security.sandbox.ssh.slurm`.
final class SlurmFields {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.,-]*");
  private static final Pattern TIME =
      Pattern.compile("[0-9]+(:[0-5]?[0-9]){0,2}|[0-9]+-[0-9]+(:[0-5]?[0-9]){0,2}");
  private static final Pattern GPUS = Pattern.compile("([A-Za-z0-9_.-]+:)?[0-9]+");

  /// What would take the output, the input, the name or the waiting out of our hands.
  private static final List<String> OURS =
      List.of(
          "output",
          "error",
          "input",
          "job-name",
          "chdir",
          "export",
          "export-file",
          "pty",
          "unbuffered",
          "label",
          "ntasks",
          "ntasks-per-node",
          "multi-prog",
          "wait",
          "immediate",
          "kill-on-bad-exit",
          "no-kill",
          "jobid",
          "dependency",
          "prolog",
          "epilog",
          "task-prolog",
          "task-epilog",
          "bcast",
          "interactive",
          "mem",
          "cpus-per-task",
          "overlap",
          "quiet",
          "verbose",
          "test-only");

  /// None of these, nor the beginning of one, which srun takes for it.
  private static final Pattern EXTRA =
      Pattern.compile(
          "(?!--("
              + OURS.stream().map(SlurmFields::beginnings).collect(Collectors.joining("|"))
              + ")(=|$))--[a-z][a-z0-9-]*(=.*)?");

  private static final Field<Optional<String>> PARTITION =
      Field.nullable("partition", named("a partition"), "Partition of the cluster.");

  private static final Field<Optional<String>> ACCOUNT =
      Field.nullable("account", named("an account"), "Account that is charged.");

  private static final Field<Optional<String>> QOS =
      Field.nullable("qos", named("a quality of service"), "Quality of service.");

  private static final Field<Optional<String>> TIME_LIMIT =
      Field.nullable(
          "time",
          Text.notBlank()
              .with(
                  Rule.matching(
                      TIME,
                      "is no time of Slurm's",
                      "minutes, minutes:seconds, hours:minutes:seconds or days-hours",
                      "write 30 for half an hour")),
          "Most time of one call on the cluster, as srun --time has it.");

  private static final Field<Optional<String>> GPU_COUNT =
      Field.nullable(
          "gpus",
          Text.notBlank()
              .with(Rule.matching(GPUS, "is no number of GPUs", "2, or a type and 2: a100:2", "")),
          "GPUs of one call.");

  private static final Field<Optional<Integer>> NODES =
      Field.nullable("nodes", Whole.atLeast(1, "nodes"), "Nodes of one call.");

  private static final Field<List<String>> EXTRA_ARGS =
      Field.optional(
          "extra_args",
          new ListOf<>(
              Text.notBlank()
                  .with(
                      Rule.matching(
                          EXTRA,
                          "is not allowed",
                          "--name or --name=value, of what srun has beside streams, name and limits",
                          "remove it"))),
          List.of(),
          "Further options of srun.");

  static final Section<SlurmSettings> SECTION =
      new Section<>(
          List.of(PARTITION, ACCOUNT, QOS, TIME_LIMIT, GPU_COUNT, NODES, EXTRA_ARGS),
          Map.of(),
          v ->
              new SlurmSettings(
                  v.get(PARTITION),
                  v.get(ACCOUNT),
                  v.get(QOS),
                  v.get(TIME_LIMIT),
                  v.get(GPU_COUNT),
                  v.get(NODES),
                  v.get(EXTRA_ARGS)));

  private SlurmFields() {}

  /// As `w(a(i(t)?)?)?`.
  private static String beginnings(String name) {
    String rest = "";
    for (int at = name.length() - 1; at >= 0; at--) {
      rest = name.charAt(at) + (rest.isEmpty() ? "" : "(" + rest + ")?");
    }
    return rest;
  }

  private static Type<String> named(String what) {
    return Text.notBlank()
        .with(
            Rule.matching(
                NAME, "is not the name of " + what, "letters, digits, and . _ - between", ""));
  }
}
