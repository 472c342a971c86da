package initrunner.ssh.shell;

import initrunner.exec.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The one place where a command becomes a string for a remote shell: `[cd <directory> && ] [env
/// NAME=value …] <argv…>`, every word quoted by the POSIX rule.
public final class RemoteCommandLine {

  private static final String SAFE_PUNCTUATION = "_@%+=:,./-";

  private RemoteCommandLine() {}

  /// The command for a login shell that follows the POSIX quoting rule (XCU 2.2.2).
  public static String render(Command command) {
    return changeDirectory(command).map(change -> change + " && ").orElse("")
        + renderProgram(command);
  }

  /// The program for a shell that is in its directory and has nothing else to do: it takes the
  /// shell's place, so that no shell stands between it and its signals.
  static String renderExec(Command command) {
    return "exec " + renderProgram(command);
  }

  /// The program for a shell that is in its directory.
  static String renderProgram(Command command) {
    return String.join(" ", programWords(command));
  }

  /// What changes to the directory of a command; empty where it starts in the login directory.
  static Optional<String> changeDirectory(Command command) {
    return command.workingDirectory().map(directory -> "cd " + directoryWord(directory));
  }

  private static List<String> programWords(Command command) {
    List<String> words = new ArrayList<>();
    if (!command.environment().isEmpty()) {
      words.add("env");
      command.environment().forEach((name, value) -> words.add(name + "=" + quote(value)));
      if (command.argv().getFirst().indexOf('=') >= 0) {
        // env would take such a program for one more variable; a shell takes no expansion for one.
        words.addAll(List.of("sh", "-c", "'exec \"$0\" \"$@\"'"));
      }
    }
    command.argv().forEach(word -> words.add(quote(word)));
    return words;
  }

  /// Each word quoted, with single spaces between.
  public static String quoteAll(List<String> words) {
    return words.stream().map(RemoteCommandLine::quote).collect(Collectors.joining(" "));
  }

  /// One word as a POSIX shell reads it back exactly.
  public static String quote(String word) {
    if (word.isEmpty()) {
      return "''";
    }
    // zsh replaces a word that begins with `=` by the path of the program of that name.
    if (word.chars().allMatch(RemoteCommandLine::isSafe) && word.charAt(0) != '=') {
      return word;
    }
    return "'" + word.replace("'", "'\"'\"'") + "'";
  }

  /// A leading `~/` is the login account's home; nothing may read as an option or as `cd -`.
  private static String directoryWord(String directory) {
    if (directory.equals("~")) {
      return "~";
    }
    if (directory.startsWith("~/")) {
      return directory.length() == 2 ? "~/" : "~/" + quote(directory.substring(2));
    }
    boolean anchored = directory.startsWith("/") || directory.startsWith(".");
    return quote(anchored || directory.isEmpty() ? directory : "./" + directory);
  }

  private static boolean isSafe(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || SAFE_PUNCTUATION.indexOf(c) >= 0;
  }
}
