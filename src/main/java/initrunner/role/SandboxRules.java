package initrunner.role;

import initrunner.role.sandbox.NamedSandboxes;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.tools.PortsSettings;
import initrunner.role.tools.ScriptSettings;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.TransferSettings;
import initrunner.schema.type.Decoding;
import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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
      several
          .filter(names -> names.kind() == YamlKind.LIST && names.items().isEmpty())
          .ifPresent(names ->
              decoding.fault(
                  names, "names no sandbox; name one, or remove the key for the default one"));
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
  /// @param all tools of the role
  /// @param entry the tool's entry in the role
  static void check(
      ToolGrant grant, List<ToolGrant> all, YamlValue entry, Security security, Decoding decoding) {
    boolean canCopy = copying(all, security).size() > 1;
    sandboxes(grant, security).stream()
        .flatMap(sandbox -> fault(grant, sandbox, canCopy).stream())
        .findFirst()
        .or(() -> hiddenParameter(grant, all, security))
        .ifPresent(reason -> decoding.fault(entry.node(), entry.path(), reason));
  }

  /// Where a script is in several sandboxes, the argument `sandbox` names one of them.
  private static Optional<String> hiddenParameter(
      ToolGrant grant, List<ToolGrant> all, Security security) {
    return scripts(grant)
        .filter(script ->
            script.parameters().stream()
                .anyMatch(each -> each.name().equals(ToolGrant.SANDBOX.key())))
        .filter(script ->
            all.stream()
                    .filter(
                        other -> scripts(other).anyMatch(each -> each.name().equals(script.name())))
                    .flatMap(other -> names(other, security))
                    .distinct()
                    .count()
                > 1)
        .findFirst()
        .map(script ->
            "script %s is in several sandboxes, and there a call names one of them by its argument sandbox; give its own parameter sandbox another name"
                .formatted(script.name()));
  }

  private static Stream<ScriptSettings.Script> scripts(ToolGrant grant) {
    return grant.tool() instanceof ScriptSettings all ? all.scripts().stream() : Stream.empty();
  }

  private static Stream<String> names(ToolGrant grant, Security security) {
    return grant.sandboxes().isEmpty()
        ? Stream.of(security.sandboxes().byDefault())
        : grant.sandboxes().stream();
  }

  private static List<SandboxSettings> sandboxes(ToolGrant grant, Security security) {
    return grant.sandboxes().isEmpty()
        ? List.of(security.sandbox())
        : grant.sandboxes().stream()
            .flatMap(name -> Optional.ofNullable(security.sandboxes().all().get(name)).stream())
            .toList();
  }

  /// The sandboxes whose files may be copied to the others of these.
  private static Set<String> copying(List<ToolGrant> all, Security security) {
    return all.stream()
        .filter(grant -> grant.tool() instanceof TransferSettings transfer && transfer.copy())
        .flatMap(grant -> names(grant, security))
        .collect(Collectors.toSet());
  }

  private static Optional<String> fault(ToolGrant grant, SandboxSettings sandbox, boolean canCopy) {
    return switch (grant.tool()) {
      case TransferSettings transfer when !(transfer.copy() && canCopy) ->
          transferFault(transfer, sandbox.backend());
      case PortsSettings _ -> PortRules.fault(sandbox);
      default -> Optional.empty();
    };
  }

  /// Why nothing can be moved between this machine and a sandbox.
  private static Optional<String> transferFault(
      TransferSettings transfer, SandboxSettings.Backend backend) {
    if (backend != SandboxSettings.Backend.SSH) {
      return Optional.of(
          "transfer moves files between this machine and another one, and backend %s runs tools on this machine; set security.sandbox.backend: ssh, or use filesystem"
              .formatted(backend.name().toLowerCase(Locale.ROOT)));
    }
    return transfer.localRoot().isEmpty()
        ? Optional.of(
            "transfer has no local_root, so no file can be moved; write local_root: with a"
                + " directory of this machine, or let transfer copy files between two of"
                + " security.sandboxes")
        : Optional.of(
                "transfer has send: false and fetch: false, so nothing may be moved; allow one, or"
                    + " remove the tool")
            .filter(_ -> !transfer.send() && !transfer.fetch());
  }
}
