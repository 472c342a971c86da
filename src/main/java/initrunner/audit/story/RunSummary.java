package initrunner.audit.story;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One run as a whole: of an agent, or the calls that one process made for a person or for another
/// agent. Immutable. Its texts are as they are recorded, and not safe to be shown.
///
/// @param begin of its first call, or of the run
/// @param agent the role's name, or what stands in its place
/// @param places where its calls were made, that of the first call first; none where there were
///   none
/// @param duration of a run without an end, up to its newest event
public record RunSummary(
    String runId,
    Instant begin,
    Asker asker,
    String agent,
    List<Place> places,
    Outcome outcome,
    Calls calls,
    Spent spent,
    Duration duration) {

  public RunSummary {
    places = List.copyOf(places);
  }

  /// The first of the places.
  public Optional<Place> place() {
    return places.stream().findFirst();
  }

  /// Who asked.
  ///
  /// @param door the way in: `run`, `exec`, `hook`, `mcp`, `exec-server`, `acp`, `library`, `push`,
  ///   `pull`, `sync`, `demo`; `?` where the record does not say
  /// @param client the other program that asked, as it describes itself
  public record Asker(String door, Optional<String> client) {}

  /// Where calls are made.
  ///
  /// @param backend as the role names it
  /// @param host as the role names it; empty for this machine
  /// @param sandbox its name, where the role has several
  public record Place(String backend, Optional<String> host, Optional<String> sandbox) {

    /// The place of a role with one sandbox.
    public Place(String backend, Optional<String> host) {
      this(backend, host, Optional.empty());
    }
  }

  /// How many calls there were.
  ///
  /// @param made all of them, also those that were refused
  /// @param failed those that ended with another status than 0
  /// @param open those without an end
  public record Calls(long made, long failed, long open) {}

  /// What the model took.
  ///
  /// @param model as `openai:gpt-5-mini`; empty where no model was asked, or no end is recorded
  /// @param dollars empty where the record does not say
  public record Spent(
      Optional<String> model, long tokensIn, long tokensOut, Optional<BigDecimal> dollars) {

    static final Spent NOTHING = new Spent(Optional.empty(), 0, 0, Optional.empty());
  }
}
