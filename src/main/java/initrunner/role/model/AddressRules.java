package initrunner.role.model;

import initrunner.schema.Environment;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Values;
import initrunner.schema.type.Variables;
import initrunner.schema.yaml.Faults;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.SafeText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// An address that a `.env` file sets gets only secrets of the same file: its author could collect
/// all others.
public final class AddressRules {

  private static final List<String> PROXIES =
      List.of("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY");

  private AddressRules() {}

  /// The variable that sends a provider's models, key included, to another address.
  public static String addressVariable(String provider) {
    return provider.toUpperCase(Locale.ROOT) + "_BASE_URL";
  }

  /// The variables in the `base_url` of a role that was loaded to be shown.
  public static List<String> variablesOf(ModelSettings model) {
    return model.baseUrl().map(url -> Variables.names(ModelUrl.shown(url))).orElse(List.of());
  }

  /// Checks the secrets that the role itself sends: the key for its `base_url`, and the variables
  /// in headers and body. The key for an address of the environment is checked when the model is
  /// opened.
  static void check(Values model, Decoding decoding) {
    decoding.environment().ifPresent(environment -> check(model, decoding, environment));
  }

  private static void check(Values model, Decoding decoding, Environment environment) {
    Optional<YamlValue> url =
        model.written(ModelSettings.BASE_URL).filter(yaml -> !yaml.raw().isBlank());
    List<String> addresses = new ArrayList<>(PROXIES);
    url.ifPresentOrElse(
        yaml -> addresses.addAll(Variables.names(yaml.raw())),
        () ->
            model
                .find(ModelSettings.PROVIDER)
                .map(AddressRules::addressVariable)
                .ifPresent(addresses::add));
    List<Use> uses = new ArrayList<>();
    model
        .written(ModelSettings.API_KEY_ENV)
        .filter(_ -> url.isPresent())
        .ifPresent(yaml -> uses.add(new Use(yaml.raw(), yaml)));
    uses.addAll(additions(model));
    for (String address : addresses) {
      Optional<Path> file = environment.fileOf(address);
      uses.stream()
          .filter(_ -> file.isPresent())
          .filter(use -> !use.name().equals(address))
          .filter(use -> environment.value(use.name()).isPresent())
          .filter(use -> !environment.fileOf(use.name()).equals(file))
          .forEach(use -> refuse(use, address, file.orElseThrow(), decoding));
    }
  }

  /// A variable that the role names, and where.
  private record Use(String name, YamlValue yaml) {}

  /// The names of the variables in the role's headers and body.
  static Set<String> variablesAdded(Fields model) {
    return additions(model).stream().map(Use::name).collect(Collectors.toSet());
  }

  private static List<Use> additions(Fields model) {
    List<Use> uses = new ArrayList<>();
    for (Field<?> field : List.of(Additions.EXTRA_HEADERS, Additions.EXTRA_BODY)) {
      model.written(field).ifPresent(yaml -> collect(yaml, uses));
    }
    return uses;
  }

  private static void collect(YamlValue yaml, List<Use> uses) {
    Variables.names(yaml.raw()).forEach(name -> uses.add(new Use(name, yaml)));
    yaml.items().forEach(item -> collect(item, uses));
    yaml.entries(Faults.unheard()).values().forEach(entry -> collect(entry, uses));
  }

  private static void refuse(Use use, String address, Path file, Decoding decoding) {
    decoding.fault(
        use.yaml().at(),
        use.yaml().path(),
        "%s would be sent where %s in %s leads, and does not come from that file; %s"
            .formatted(
                use.name(),
                address,
                SafeText.oneLine(file.toString()),
                oneSource(address, use.name())));
  }

  /// The remedy.
  public static String oneSource(String address, String secret) {
    return "export %s where initrunner is started, or write %s into that file too"
        .formatted(address, secret);
  }
}
