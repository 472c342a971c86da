package initrunner.cli.audit;

import initrunner.cli.console.Since;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which records a command prints, and how: the options that all such commands share.
final class RecordOptions {

  private static final String ALL = "all";

  @Option(names = "--agent", paramLabel = "NAME", description = "Only records of this agent.")
  private @Nullable String agent;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only records of this time or later: " + Since.ALLOWED + ".")
  private @Nullable String since;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many records, the newest, or all (default: ${DEFAULT-VALUE}).")
  private String limit;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      completionCandidates = RowFormat.Names.class,
      description = "table, json, jsonl or csv (default: ${DEFAULT-VALUE}).")
  private String format;

  /// @param limit where none is given
  /// @param format where none is given
  RecordOptions(String limit, RowFormat format) {
    this.limit = limit;
    this.format = format.lowerCaseName();
  }

  Optional<String> agent() {
    return Optional.ofNullable(agent);
  }

  Optional<Instant> since(AuditOptions audit) {
    return audit.time("--since", since);
  }

  Optional<Integer> limit(AuditOptions audit) {
    return limit.equals(ALL) ? Optional.empty() : audit.number("--limit", limit, ", or all");
  }

  RowFormat format(AuditOptions audit) {
    return audit.format(format);
  }
}
