package initrunner.role;

import java.util.List;
import java.util.stream.Collectors;

/// A role file that cannot be used. Carries every fault of the file at once, in the file's order.
public final class RoleException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<RoleFault> faults;

  public RoleException(List<RoleFault> faults) {
    super(faults.stream().map(RoleFault::toString).collect(Collectors.joining("\n")));
    this.faults = List.copyOf(faults);
  }

  public List<RoleFault> faults() {
    return faults;
  }
}
