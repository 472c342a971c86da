package initrunner.role;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import initrunner.role.sandbox.NamedSandboxes;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.role.tools.PortsSettings;
import initrunner.role.tools.ScriptSettings;
import initrunner.role.tools.ScriptSettings.Parameter;
import initrunner.role.tools.ToolGrant;
import initrunner.role.tools.TransferSettings;
import initrunner.schema.type.Decoding;
import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
      several.ifPresent(names -> refuseTwice(names, decoding));
      Stream.concat(one.stream(), several.stream().flatMap(names -> names.items().stream()))
          .filter(name -> !known.contains(name.raw()))
          .forEach(name ->
              decoding.fault(
                  name,
                  known.isEmpty()
                      ? sandboxes.isPresent()
                          ? "names a sandbox, and security.sandboxes names none"
                          : "names a sandbox, and the role has one alone; name several in"
                              + " security.sandboxes"
                      : NamedSandboxes.unknown(name.raw(), known)));
    }
  }

  private static void refuseTwice(YamlValue names, Decoding decoding) {
    Set<String> seen = new HashSet<>();
    names.items().stream()
        .filter(name -> name.kind() == YamlKind.TEXT && !seen.add(name.raw()))
        .forEach(name ->
            decoding.refuse(
                name, "is there twice", "each sandbox once", "remove it, or name another"));
  }

  /// That each tool can do its work in each of its sandboxes.
  ///
  /// @param entries the tools in the role
  /// @param tools what they are; empty for one with a fault of its own
  /// @param security with the sandboxes that have no fault
  static void check(
      List<YamlValue> entries,
      List<Optional<ToolGrant>> tools,
      Security security,
      Decoding decoding) {
    List<ToolGrant> all = tools.stream().flatMap(Optional::stream).toList();
    boolean canCopy = all.size() < tools.size() || copying(all, security).size() > 1;
    for (int at = 0; at < entries.size(); at++) {
      YamlValue entry = entries.get(at);
      List<ToolGrant> before = tools.subList(0, at).stream().flatMap(Optional::stream).toList();
      tools
          .get(at)
          .flatMap(grant ->
              fault(grant, all, canCopy, security)
                  .or(() -> otherParameters(grant, before, security)))
          .ifPresent(reason -> decoding.fault(entry.node(), entry.path(), reason));
    }
  }

  private static Optional<String> fault(
      ToolGrant grant, List<ToolGrant> all, boolean canCopy, Security security) {
    return names(grant, security)
        .flatMap(name -> fault(grant, name, security, canCopy).stream())
        .findFirst()
        .or(() -> hiddenParameter(grant, all, security));
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

  /// A model gets one list of parameters for a script that is in several sandboxes.
  private static Optional<String> otherParameters(
      ToolGrant grant, List<ToolGrant> before, Security security) {
    Set<String> own = names(grant, security).collect(toSet());
    List<ToolGrant> elsewhere =
        before.stream().filter(other -> names(other, security).noneMatch(own::contains)).toList();
    return scripts(grant)
        .flatMap(script ->
            elsewhere.stream()
                .filter(other -> scripts(other).anyMatch(each -> isOther(each, script)))
                .map(other ->
                    "script %s has other parameters than in sandbox %s, and a model gets one list for both; write parameters of the same names, required in both or in none, or give it another name"
                        .formatted(script.name(), names(other, security).collect(joining(", ")))))
        .findFirst();
  }

  private static boolean isOther(ScriptSettings.Script one, ScriptSettings.Script other) {
    return one.name().equals(other.name()) && !parameters(one).equals(parameters(other));
  }

  /// Whether each is required, by its name.
  private static Map<String, Boolean> parameters(ScriptSettings.Script script) {
    return script.parameters().stream()
        .collect(toMap(Parameter::name, Parameter::required, (first, _) -> first));
  }

  /// The sandboxes whose files may be copied to the others of these.
  private static Set<String> copying(List<ToolGrant> all, Security security) {
    return all.stream()
        .filter(grant -> grant.tool() instanceof TransferSettings transfer && transfer.copy())
        .flatMap(grant -> names(grant, security))
        .collect(toSet());
  }

  private static Optional<String> fault(
      ToolGrant grant, String name, Security security, boolean canCopy) {
    boolean areSeveral = !security.sandboxes().all().isEmpty();
    Optional<SandboxSettings> sandbox =
        areSeveral
            ? Optional.ofNullable(security.sandboxes().all().get(name))
            : Optional.of(security.sandbox());
    String key = areSeveral ? "security.sandboxes." + name : "security.sandbox";
    return sandbox.flatMap(settings ->
        switch (grant.tool()) {
          case TransferSettings transfer when !(transfer.copy() && canCopy) ->
              transferFault(transfer, settings.backend(), key);
          case PortsSettings _ -> PortRules.fault(settings, key);
          default -> Optional.empty();
        });
  }

  /// Why nothing can be moved between this machine and a sandbox.
  ///
  /// @param key of the sandbox in the role
  private static Optional<String> transferFault(
      TransferSettings transfer, SandboxSettings.Backend backend, String key) {
    if (backend != SandboxSettings.Backend.SSH) {
      return Optional.of(
          "transfer moves files between this machine and another one, and backend %s of %s runs tools on this machine; set %s.backend: ssh, or use filesystem"
              .formatted(backend.name().toLowerCase(Locale.ROOT), key, key));
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
