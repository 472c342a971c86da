package initrunner.cli.init;

import initrunner.role.model.ModelName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The answers that the command line has already. Immutable.
///
/// @param host a name, or [Answers#THIS_MACHINE]
/// @param directory `~` or `.` for the login directory
/// @param tools empty where they are not given
record Given(
    Optional<String> host,
    Optional<String> directory,
    List<String> tools,
    Optional<Asked> asked,
    Optional<ModelName> model) {

  Given {
    tools = List.copyOf(tools);
  }

  boolean isWhole() {
    return missing().isEmpty();
  }

  /// The options that are not given.
  List<String> missing() {
    return Stream.of(
            option("--host", host.isEmpty()),
            option("--directory", directory.isEmpty()),
            option("--tools", tools.isEmpty()),
            option("--ask", asked.isEmpty()),
            option("--model", model.isEmpty()))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<String> option(String name, boolean missing) {
    return Optional.of(name).filter(_ -> missing);
  }

  /// The answers, with what is usual where none is given.
  ///
  /// @param place where the tools run
  Answers orUsual(Place place, ModelName usual) {
    return new Answers(
        host.filter(each -> !each.equals(Answers.THIS_MACHINE)),
        directory.filter(each -> !isUsual(each)),
        tools.isEmpty() ? place.tools() : tools,
        asked.orElse(Asked.CHANGES),
        model.orElse(usual));
  }

  /// Whether this is where commands start anyway.
  static boolean isUsual(String directory) {
    return directory.isEmpty() || directory.matches("(~|\\.)/?");
  }
}
