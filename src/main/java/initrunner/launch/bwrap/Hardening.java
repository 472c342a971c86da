package initrunner.launch.bwrap;

import initrunner.launch.Probe;
import initrunner.launch.ShellScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Closes what namespaces leave open to a command in bubblewrap. Immutable.
///
/// @param filter a format of `printf` that prints a [SyscallFilter]; blank for none
/// @param options of bubblewrap
record Hardening(String filter, List<String> options) {

  static final Hardening NONE = new Hardening("", List.of());

  private static final ShellScript ASK =
      new ShellScript(
          "uname -m; bwrap --help 2>&1 | grep -q -e --disable-userns && echo userns; :");

  private static final Duration BOUND = Duration.ofSeconds(10);

  Hardening {
    options = List.copyOf(options);
  }

  /// What may work on a host, the strongest first. Blocks while it asks the host.
  static List<Hardening> candidates(Probe probe) {
    List<String> lines = probe.ask(ASK.command(), BOUND).stdout().lines().toList();
    List<String> options = lines.contains("userns") ? List.of("--disable-userns") : List.of();
    List<Hardening> candidates = new ArrayList<>();
    lines.stream()
        .findFirst()
        .flatMap(SyscallFilter::of)
        .ifPresent(filter -> {
          candidates.add(new Hardening(filter, options));
          candidates.add(new Hardening(filter, List.of()));
        });
    candidates.add(new Hardening("", options));
    candidates.add(NONE);
    return candidates.stream().distinct().toList();
  }

  boolean isFiltering() {
    return !filter.isEmpty();
  }
}
