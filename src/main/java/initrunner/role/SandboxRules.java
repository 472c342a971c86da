package initrunner.role;

import initrunner.role.sandbox.NamedSandboxes;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.tools.PortsSettings;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.ToolSettings;
import initrunner.role.tools.TransferSettings;
import initrunner.schema.type.Decoding;
import initrunner.schema.yaml.YamlValue;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Checks that each tool can do its work in the sandboxes that it names. Stateless.
final class SandboxRules {

  private SandboxRules() {}

  /// The names in the tools' entries, also where the sandboxes themselves have faults.
  ///
  /// @param sandboxes as written
  static void checkNames(List<YamlValue> tools, Optional<YamlValue> sandboxes, Decoding decoding) {
    Collection<String> known =
        sandboxes.map(NamedSandboxes::names).orElseGet(() -> List.<String>of());
    for (YamlValue entry : tools) {
      Optional<YamlValue> one = entry.child(ToolGrant.SANDBOX.key());
      Optional<YamlValue> several = entry.child(ToolGrant.SANDBOXES.key());
      if (one.isPresent() && several.isPresent()) {
        decoding.fault(one.get(), "stands beside sandboxes; write one of the two");
      }
      Stream.concat(one.stream(), several.stream().flatMap(names -> names.items().stream()))
          .filter(name -> !known.contains(name.raw()))
          .forEach(name ->
              decoding.fault(
                  name,
                  known.isEmpty()
                      ? "names a sandbox, and the role has one alone; name several in"
                          + " security.sandboxes"
                      : NamedSandboxes.unknown(name.raw(), known)));
    }
  }

  /// That a tool can do its work in each of its sandboxes.
  ///
  /// @param entry the tool's entry in the role
  static void check(ToolGrant grant, YamlValue entry, Security security, Decoding decoding) {
    sandboxes(grant, security).stream()
        .flatMap(sandbox -> fault(grant.tool(), sandbox).stream())
        .findFirst()
        .ifPresent(reason -> decoding.fault(entry.node(), entry.path(), reason));
  }

  private static List<SandboxSettings> sandboxes(ToolGrant grant, Security security) {
    return grant.sandboxes().isEmpty()
        ? List.of(security.sandbox())
        : grant.sandboxes().stream()
            .flatMap(name -> Optional.ofNullable(security.sandboxes().all().get(name)).stream())
            .toList();
  }

  private static Optional<String> fault(ToolSettings tool, SandboxSettings sandbox) {
    if (tool instanceof TransferSettings) {
      return transferFault(sandbox.backend());
    }
    return tool instanceof PortsSettings ? PortRules.fault(sandbox) : Optional.empty();
  }

  /// Where tools run on this machine, there is no other side to move files to.
  private static Optional<String> transferFault(SandboxSettings.Backend backend) {
    return Optional.of(backend)
        .filter(each -> each != SandboxSettings.Backend.SSH)
        .map(here ->
            "transfer moves files between this machine and another one, and backend %s runs tools on this machine; set security.sandbox.backend: ssh, or use filesystem"
                .formatted(here.name().toLowerCase(Locale.ROOT)));
  }
}
