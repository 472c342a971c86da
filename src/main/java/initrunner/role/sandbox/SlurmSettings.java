package initrunner.role.sandbox;

import initrunner.schema.type.Fields;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Type;
import initrunner.schema.type.Whole;
import initrunner.text.Words;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// `spec.security.sandbox.ssh.slurm`: what each call asks of a Slurm cluster. The cluster decides
/// about what is empty.
public record SlurmSettings(
    Optional<String> partition,
    Optional<String> account,
    Optional<String> qos,
    Optional<String> time,
    Optional<String> gpus,
    Optional<Integer> nodes,
    List<String> extraArgs) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.,-]*");
  private static final Pattern TIME =
      Pattern.compile("[0-9]+(:[0-5]?[0-9]){0,2}|[0-9]+-[0-9]+(:[0-5]?[0-9]){0,2}");
  private static final Pattern GPUS = Pattern.compile("([A-Za-z0-9_.-]+:)?[0-9]+");

  /// Options that [SlurmSettings] or the launcher sets itself, or that would take streams, name or
  /// the wait from the launcher.
  private static final List<String> OURS =
      Words.of(
          """
          output error input job-name chdir export export-file pty unbuffered label ntasks
          ntasks-per-node multi-prog wait immediate kill-on-bad-exit no-kill jobid dependency prolog
          epilog task-prolog task-epilog bcast interactive mem cpus-per-task overlap quiet verbose
          test-only
          """);

  /// None of these, and no beginning of one: srun accepts abbreviations.
  private static final Pattern EXTRA =
      Pattern.compile(
          "(?!--("
              + OURS.stream().map(SlurmSettings::beginnings).collect(Collectors.joining("|"))
              + ")(=|$))--[a-z][a-z0-9-]*(=.*)?");

  public static final Section<SlurmSettings> SECTION = Section.of(SlurmSettings::of);

  /// Every field with its default.
  public static final SlurmSettings DEFAULT = SECTION.defaults();

  public SlurmSettings {
    extraArgs = List.copyOf(extraArgs);
  }

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
        .matching(NAME, "is not the name of " + what, "letters, digits, and . _ - between", "");
  }

  private static SlurmSettings of(Fields f) {
    return new SlurmSettings(
        f.optional("partition", named("a partition"), "Partition of the cluster."),
        f.optional("account", named("an account"), "Account that is charged."),
        f.optional("qos", named("a quality of service"), "Quality of service."),
        f.optional(
            "time",
            Text.notBlank()
                .matching(
                    TIME,
                    "is no time of Slurm",
                    "minutes, minutes:seconds, hours:minutes:seconds or days-hours",
                    "write 30 for half an hour"),
            "Most time of one call: 30 (minutes), 1:30:00, 2-12; the partition's if unset."),
        f.optional(
            "gpus",
            Text.notBlank()
                .matching(GPUS, "is no number of GPUs", "2, or a type and 2: a100:2", ""),
            "GPUs of one call: 2, or with a type a100:2."),
        f.optional(
            "nodes",
            Whole.atLeast(1, "nodes"),
            "Nodes of one call; its command runs once, on the first; one if unset."),
        f.get(
            "extra_args",
            new ListOf<>(
                Text.notBlank()
                    .matching(
                        EXTRA,
                        "is not allowed",
                        "--name or --name=value, of what srun has beside streams, name"
                            + " and limits",
                        "remove it")),
            List.of(),
            "Further options of srun, each --name or --name=value; none about streams, name or"
                + " limits,"
                + " abbreviated or not."));
  }
}
