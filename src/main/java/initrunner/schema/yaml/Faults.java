package initrunner.schema.yaml;

import initrunner.schema.ConfigFault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The faults of one file found so far. Each report of one returns empty, for the caller to return.
/// Used by one thread.
public class Faults {

  private final Path file;
  private final List<ConfigFault> faults = new ArrayList<>();

  /// @param file as the user named it, so that the faults do the same
  public Faults(Path file) {
    this.file = file;
  }

  /// Faults that are dropped.
  public static Faults unheard() {
    return new Faults(Path.of(""));
  }

  /// As the user named it.
  protected final Path file() {
    return file;
  }

  /// Reports a value that is not allowed: what is wrong, the value, what is allowed, the next step.
  ///
  /// @param next blank to point to the field's example
  public <T> Optional<T> refuse(YamlValue yaml, String what, String allowed, String next) {
    StringBuilder message = new StringBuilder(what);
    if (yaml.kind().isScalar() && yaml.kind() != YamlKind.EMPTY) {
      message.append(", got ").append(yaml.shown());
    }
    message.append(", allowed is ").append(allowed);
    String step =
        next.isBlank() && !yaml.example().isBlank()
            ? "write for example " + yaml.key() + ": " + yaml.example()
            : next;
    if (!step.isBlank()) {
      message.append("; ").append(step);
    }
    return fault(yaml.at(), yaml.path(), message.toString());
  }

  /// Reports a value of a wrong kind.
  public <T> Optional<T> refuseKind(YamlValue yaml, String allowed, String next) {
    String step = yaml.kind() == YamlKind.EMPTY ? "write a value or remove the key" : next;
    return refuse(yaml, yaml.kind().phrase(), allowed, step);
  }

  /// Reports a fault at a value's key.
  public <T> Optional<T> fault(YamlValue yaml, String message) {
    return fault(yaml.name(), yaml.path(), message);
  }

  /// Reports a fault.
  ///
  /// @param at the position of the fault
  /// @param path of the field
  public <T> Optional<T> fault(YamlNode at, String path, String message) {
    faults.add(new ConfigFault(file, at.at().line(), at.at().column(), path, message));
    return Optional.empty();
  }

  /// How many there are so far.
  public int faultCount() {
    return faults.size();
  }

  /// All of them, by line and column.
  public List<ConfigFault> faultsInFileOrder() {
    return faults.stream()
        .sorted(Comparator.comparingInt(ConfigFault::line).thenComparingInt(ConfigFault::column))
        .toList();
  }
}
