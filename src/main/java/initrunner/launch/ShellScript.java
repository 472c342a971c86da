package initrunner.launch;

import initrunner.exec.Command;
import initrunner.text.PackagedText;
import java.util.ArrayList;
import java.util.List;

/// A script for the POSIX shell of a host. Immutable.
///
/// @param name its `$0`
public record ShellScript(String name, String text) {

  public ShellScript(String text) {
    this("sh", text);
  }

  /// A script of the jar.
  ///
  /// @param beside a class of its package
  public static ShellScript packaged(String name, Class<?> beside, String file) {
    return new ShellScript(name, PackagedText.read(beside, file));
  }

  /// The words that run it with these arguments.
  public List<String> argv(List<String> arguments) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", text, name));
    argv.addAll(arguments);
    return argv;
  }

  public Command command(List<String> arguments) {
    return Command.of("sh").withArgv(argv(arguments));
  }

  public Command command(String... arguments) {
    return command(List.of(arguments));
  }
}
