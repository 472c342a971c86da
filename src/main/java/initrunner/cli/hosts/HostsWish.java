package initrunner.cli.hosts;

/// What the options say about many hosts.
///
/// @param list of hosts, groups and patterns, as it was typed
/// @param parallel how many hosts at a time
/// @param failsFast whether the first failure ends all
/// @param isConfirmed whether no question is asked
record HostsWish(String list, int parallel, boolean failsFast, boolean isConfirmed, Form form) {

  private static final int MOST_LIVE = 8;

  /// What is shown.
  enum Form {
    /// By the number of hosts.
    USUAL,
    LIVE,
    CONDENSED,
    JSON;

    /// The form for a number of hosts.
    Form of(int hosts) {
      return this == USUAL ? (hosts > MOST_LIVE ? CONDENSED : LIVE) : this;
    }
  }
}
