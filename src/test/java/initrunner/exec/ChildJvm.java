package initrunner.exec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The command line of a JVM like this one, for tests that need the product, or a part of it, as a
/// process of its own.
public final class ChildJvm {

  /// Where the native library of SQLite is. Each process that unpacks it into the directory for
  /// temporary files also deletes what others left there, and complains where another is faster.
  private static final String BUILD = "initrunner.build";

  private ChildJvm() {}

  /// `java` with the class path of the tests.
  ///
  /// @param options of the JVM, beside those that each has
  /// @param main the class to run
  public static List<String> command(List<String> options, String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            // What a JVM says of a busy machine is no output of the program.
            "-Xlog:all=off:stdout",
            "-Xlog:all=warning:stderr"));
    Optional.ofNullable(System.getProperty(BUILD))
        .ifPresent(build -> command.add("-D" + BUILD + "=" + build));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
    return command;
  }

  /// The same for the command line of the product.
  public static List<String> initrunner(List<String> options, String... arguments) {
    return command(options, "initrunner.cli.Main", arguments);
  }
}
