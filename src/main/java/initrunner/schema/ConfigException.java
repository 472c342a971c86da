package initrunner.schema;

import initrunner.exec.RemedyException;
import initrunner.text.SafeText;
import java.util.ArrayList;
import java.util.List;

/// A file of the user cannot be used: a role, `.env`, `models.yaml`. Has every fault of it, in the
/// file's order.
public final class ConfigException extends RemedyException {

  private static final long serialVersionUID = 1L;

  private static final int MOST_SHOWN = 100;
  private static final int MOST_CHARACTERS = 2000;

  private final transient List<ConfigFault> faults;

  public ConfigException(List<ConfigFault> faults) {
    super(
        String.join("\n", lines(faults)),
        "Correct what the lines name; initrunner validate shows what is left.");
    this.faults = List.copyOf(faults);
  }

  /// The lines for a person: the first faults, and how many more there are.
  public List<String> lines() {
    return lines(faults);
  }

  private static List<String> lines(List<ConfigFault> faults) {
    List<String> lines = new ArrayList<>();
    faults.stream()
        .limit(MOST_SHOWN)
        .map(fault -> SafeText.cut(fault.toString(), MOST_CHARACTERS))
        .forEach(lines::add);
    if (faults.size() > MOST_SHOWN) {
      lines.add("and " + (faults.size() - MOST_SHOWN) + " faults more");
    }
    return lines;
  }

  /// All faults.
  public List<ConfigFault> faults() {
    return faults;
  }
}
