package initrunner.launch;

import java.util.concurrent.ThreadLocalRandom;

/// The call that a launcher makes of its own to learn what a place does with one. Stateless.
public final class ProbeCall {

  private ProbeCall() {}

  /// A name that no other call has, of this process or another at the same place.
  public static String id() {
    return Long.toHexString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE));
  }
}
