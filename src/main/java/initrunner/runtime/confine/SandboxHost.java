package initrunner.runtime.confine;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// The host on which a role's commands run.
///
/// @param backend as a role names it
/// @param host present for another machine
/// @param directory where commands start by default; empty means the host's default
/// @param sandbox its name among several of a role; empty where there is one
public record SandboxHost(
    String backend, Optional<String> host, Optional<String> directory, Optional<String> sandbox) {

  /// Of a call that InitRunner answers itself, and that no sandbox gets.
  public static final SandboxHost NOWHERE =
      new SandboxHost("none", Optional.empty(), Optional.empty());

  /// The host of a role with one sandbox.
  public SandboxHost(String backend, Optional<String> host, Optional<String> directory) {
    this(backend, host, directory, Optional.empty());
  }

  /// The same as one of several.
  public SandboxHost among(Optional<String> name) {
    return new SandboxHost(backend, host, directory, name);
  }

  /// What rows of the audit log say of it: `backend`, `host`, `sandbox`; empty ones are left out.
  public SequencedMap<String, String> details() {
    SequencedMap<String, String> details = new LinkedHashMap<>();
    details.put("backend", backend);
    host.ifPresent(machine -> details.put("host", machine));
    sandbox.ifPresent(name -> details.put("sandbox", name));
    return details;
  }

  /// The name for a person.
  public String name() {
    return name(host, sandbox);
  }

  /// The name of a sandbox on a host for a person; one word where both have the same name.
  public static String name(Optional<String> host, Optional<String> sandbox) {
    String machine = host.orElse("this machine");
    return sandbox
        .filter(name -> !name.equals(machine))
        .map(name -> name + " (" + machine + ")")
        .orElse(machine);
  }

  /// Where a command starts. Its own directory, unless it is absolute or starts at the home
  /// directory, is below the default one.
  public Optional<String> directoryOf(Optional<String> own) {
    if (own.isEmpty()) {
      return directory;
    }
    String path = own.get();
    boolean anchored = path.startsWith("/") || path.equals("~") || path.startsWith("~/");
    if (anchored || directory.isEmpty()) {
      return own;
    }
    String base = directory.get();
    return Optional.of(base.endsWith("/") ? base + path : base + "/" + path);
  }
}
