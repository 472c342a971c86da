package initrunner.schema.yaml;

import initrunner.schema.ConfigFault;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;

/// Explains the faults of the YAML parser in a user's words.
final class YamlProblem {

  /// Explains one message of the parser; `%s` is the line where the unfinished part begins.
  ///
  /// @param start of the parser's own sentence
  private record Problem(String start, boolean atBeginning, String message) {

    Problem(String start, String message) {
      this(start, false, message);
    }
  }

  private static final List<Problem> ALL =
      List.of(
          new Problem(
              "mapping values are not allowed",
              "a colon and a blank make a key, and none may stand here; put quotes around text "
                  + "with \": \", or line a key up with its neighbours"),
          new Problem(
              "found character '\\t(TAB)'",
              "a tab where YAML wants spaces; replace tabs at the beginning of lines by spaces"),
          new Problem(
              "found character '", "no text may begin with this character; put quotes around it"),
          new Problem(
              "expected <block end>",
              "does not fit to the part that begins on line %s; line it up with its neighbours, "
                  + "and put nothing behind a closing quote"),
          new Problem(
              "expected ',' or ']'",
              "the list that [ opens on line %s is not closed; add , between items or ] at its end"),
          new Problem(
              "expected ',' or '}'",
              "the mapping that { opens on line %s is not closed; add , between keys or } at its "
                  + "end"),
          new Problem(
              "found unexpected end of stream",
              true,
              "the quote that opens here is never closed; close it"),
          new Problem(
              "found unexpected document separator",
              true,
              "the quote that opens here is not closed before the next ---; close it"),
          new Problem(
              "found unknown escape character",
              "not an escape of double quotes; write \\\\ for a backslash or use single quotes"),
          new Problem(
              "expected escape sequence",
              "an escape lacks hexadecimal digits; write \\x41 or \\u0041"),
          new Problem(
              "found undefined alias",
              "no anchor (&name) of this name stands before it; define it, or put text that begins "
                  + "with * in quotes"),
          new Problem(
              "sequence entries are not allowed",
              "a list begins on a line of its own; put - there"),
          new Problem(
              "mapping keys are not allowed",
              "no key may stand here; put text that begins with ? in quotes"),
          new Problem(
              "expected the node content",
              "a value is missing here; write one, or close what is open"),
          new Problem(
              "unexpected character found",
              "& and * need a name; put text that begins so in quotes"),
          new Problem(
              "expected chomping",
              "only + or - or a digit may follow | or >; put the text on the next line"),
          new Problem("could not find expected ':'", "a key without a colon; write name: value"),
          new Problem(
              "expected '<document start>'",
              "the document has ended before this; remove it, or line it up with what stands before"),
          new Problem("found undefined tag handle", "tags (!name) have no meaning here; remove it"),
          new Problem("unsupported tag", "tags (!name) have no meaning here; remove it"),
          new Problem("alias of itself", "a part that contains itself; write it out"),
          new Problem(
              "aliases expand too far",
              "the aliases stand for more than "
                  + BoundedEvents.MOST_ALIASED
                  + " values; write fewer of them"),
          new Problem(
              "nested too deeply",
              "nested more than " + BoundedEvents.MOST_DEPTH + " levels deep; write it flatter"));

  private static final String OTHER =
      "cannot be read from here on; check the indentation, quotes and brackets of this line and the "
          + "one before";

  private YamlProblem() {}

  static ConfigFault fault(Path file, MarkedYamlEngineException problem) {
    String said = String.valueOf(problem.getProblem());
    Problem known =
        ALL.stream()
            .filter(each -> said.startsWith(each.start()))
            .findFirst()
            .orElse(new Problem("", OTHER));
    Optional<Mark> beginning = problem.getContextMark();
    Optional<Mark> at = known.atBeginning() ? beginning : problem.getProblemMark();
    int line = beginning.or(problem::getProblemMark).map(mark -> mark.getLine() + 1).orElse(1);
    return fault(file, at, String.format(Locale.ROOT, known.message(), line));
  }

  static ConfigFault fault(Path file, YamlEngineException problem) {
    String message =
        problem instanceof YamlVersionException
            ? "only YAML 1.2 can be read; remove the line %YAML"
            : OTHER;
    return fault(file, Optional.empty(), message);
  }

  static ConfigFault secondDocument(Path file, Event start) {
    String message =
        "a second document begins here; a file is one document, put the other in its own";
    return at(file, start.getStartMark(), message);
  }

  private static ConfigFault fault(Path file, Optional<Mark> mark, String message) {
    return at(file, mark, "is not valid YAML: " + message);
  }

  private static ConfigFault at(Path file, Optional<Mark> mark, String message) {
    int line = mark.map(Mark::getLine).orElse(0) + 1;
    int column = mark.map(Mark::getColumn).orElse(0) + 1;
    return new ConfigFault(file, line, column, "", message);
  }
}
