package initrunner.cli;

import java.util.Optional;

/// The version of this build.
final class Version {

  private Version() {}

  /// Such as `initrunner 0.1.0`; classes outside of a jar have no version.
  static String text() {
    return "initrunner " + number();
  }

  /// Such as `0.1.0`.
  static String number() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("(not packaged)");
  }
}
