package initrunner.cli;

import java.util.Optional;

/// Which build this is.
final class Version {

  private Version() {}

  /// As `initrunner 0.1.0`; classes that are not in a jar have no version.
  static String text() {
    return "initrunner "
        + Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
            .orElse("(not packaged)");
  }
}
