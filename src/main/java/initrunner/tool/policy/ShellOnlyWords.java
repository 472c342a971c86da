package initrunner.tool.policy;

import initrunner.text.Words;
import java.util.Optional;
import java.util.Set;

/// Words that only a shell understands: no program has such a name, so a command that begins with
/// one is refused with advice. Words that are programs too (`echo`, `test`, `[`, `kill`, `time`)
/// are not among them.
final class ShellOnlyWords {

  private static final Set<String> DIRECTORY = words("cd pushd popd dirs");

  private static final Set<String> VARIABLES =
      words(
          """
          export set unset declare typeset local readonly let read shift getopts mapfile
          readarray
          """);

  private static final Set<String> RUN = words("eval exec source . builtin command");

  private static final Set<String> LOOK_UP = words("type hash help");

  private static final Set<String> STATE =
      words(
          """
          : alias unalias bg fg jobs wait disown suspend break continue return exit
          logout trap umask ulimit enable shopt bind complete compgen compopt caller
          history fc times
          """);

  private static final Set<String> RESERVED =
      words(
          """
          ! { } [[ ]] (( case coproc do done elif else esac fi for function if in select
          then until while
          """);

  private ShellOnlyWords() {}

  /// What the word is and what to do instead, as the rest of a sentence that begins with the word.
  static Optional<String> advice(String word) {
    if (RESERVED.contains(word)) {
      return Optional.of(
          "is a reserved word of a shell, and no shell runs here: start the program itself");
    }
    String builtin = "is a shell built-in, and no shell runs here: ";
    if (DIRECTORY.contains(word)) {
      return Optional.of(
          builtin
              + "every call starts in the same directory. Name the directory to the program"
              + " (`git -C DIR`, `make -C DIR`, an absolute path), or set working_dir in the role");
    }
    if (VARIABLES.contains(word)) {
      return Optional.of(
          builtin
              + "a variable would be gone with the call. Set it for one program with"
              + " `env NAME=value PROGRAM`");
    }
    if (RUN.contains(word)) {
      return Optional.of(builtin + "start the program itself");
    }
    if (LOOK_UP.contains(word)) {
      return Optional.of(builtin + "look for a program with `which NAME`");
    }
    return STATE.contains(word)
        ? Optional.of(builtin + "it would change nothing outside its own call")
        : Optional.empty();
  }

  private static Set<String> words(String text) {
    return Set.copyOf(Words.of(text));
  }
}
