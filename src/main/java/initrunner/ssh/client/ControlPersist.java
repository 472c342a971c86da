package initrunner.ssh.client;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The value of `ControlPersist`: an OpenSSH time (TIME FORMATS in sshd_config(5)), `yes` or `no`.
public final class ControlPersist {

  private static final Pattern PART = Pattern.compile("(\\d+)([smhdw]?)");

  private ControlPersist() {}

  /// How long an idle master stays; empty means as long as we do.
  public static Optional<Duration> idleBound(String value) {
    String lower = value.toLowerCase(Locale.ROOT);
    return switch (lower) {
      case "yes", "true" -> Optional.empty();
      case "no", "false" -> Optional.of(SHORTEST);
      default -> {
        Duration sum = sum(lower);
        yield sum.isZero() ? Optional.empty() : Optional.of(sum);
      }
    };
  }

  /// A master that ends with its first session could not be shared at all.
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private static Duration sum(String value) {
    Matcher part = PART.matcher(value);
    Duration sum = Duration.ZERO;
    int at = 0;
    while (at < value.length() && part.find(at) && part.start() == at) {
      long count = Long.parseLong(part.group(1));
      sum =
          sum.plus(
              switch (part.group(2)) {
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                case "d" -> Duration.ofDays(count);
                case "w" -> Duration.ofDays(7 * count);
                default -> Duration.ofSeconds(count);
              });
      at = part.end();
    }
    return sum;
  }

  /// What the client is given. It counts whole seconds, so `1s` may end a master the moment it has
  /// logged in, and `no` ends it with its first session; the caller ends an idle master itself.
  static String option(String value) {
    boolean isShortest =
        idleBound(value).filter(bound -> bound.compareTo(SHORTEST) <= 0).isPresent();
    return isShortest ? SHORTEST.plusSeconds(1).toSeconds() + "s" : value;
  }
}
