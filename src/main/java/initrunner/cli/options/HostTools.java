package initrunner.cli.options;

import initrunner.run.HostRole;
import java.util.Iterator;

/// The tools that a host can have without a role, for completion.
public final class HostTools implements Iterable<String> {

  @Override
  public Iterator<String> iterator() {
    return HostRole.TOOLS.iterator();
  }
}
