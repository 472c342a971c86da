package initrunner.cli.options;

import java.util.Collections;
import java.util.Iterator;

/// Says of a parameter that its values are ids of runs that wait for approval. Completion asks the
/// program for them when a person presses the key, so that this has none itself.
public final class WaitingRunIds implements Iterable<String> {

  @Override
  public Iterator<String> iterator() {
    return Collections.emptyIterator();
  }
}
