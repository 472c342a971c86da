package initrunner.cli.manual;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A manual page in the language of `man` (groff_man(7), mandoc's man(7)). For one thread.
final class Roff {

  private static final int SECTION = 1;

  private final StringBuilder text = new StringBuilder();

  /// @param title in capitals
  /// @param version what the foot of each page says
  Roff(String title, LocalDate date, String version) {
    // A date is not escaped: a formatter has to know it as one.
    line(
        ".TH %s %d \"%s\" %s %s"
            .formatted(word(title), SECTION, date, word(version), word("InitRunner")));
  }

  Roff heading(String heading) {
    line(".SH " + heading);
    return this;
  }

  /// The form that `whatis` reads.
  Roff name(String name, String summary) {
    line(escaped(name) + " \\- " + escaped(lowerFirst(summary)));
    return this;
  }

  Roff paragraph(String paragraph) {
    line(textLine(paragraph));
    return this;
  }

  /// As they are, each on a line of its own.
  Roff lines(List<String> lines) {
    line(".nf");
    lines.forEach(each -> line(each.isBlank() ? ".sp" : textLine(each)));
    line(".fi");
    return this;
  }

  /// A term in bold, and what it is.
  Roff term(String term, String description) {
    line(".TP");
    line("\\fB" + escaped(term) + "\\fR");
    line(textLine(description));
    return this;
  }

  /// Another page, and what is on it.
  Roff reference(String name, String description) {
    line(".TP");
    line("\\fB" + escaped(name) + "\\fR(" + SECTION + ")");
    line(textLine(description));
    return this;
  }

  Roff references(List<String> names) {
    line(
        names.stream()
            .map(name -> ".BR " + escaped(name) + " (" + (name.equals("ssh_config") ? 5 : 1) + ")")
            .collect(Collectors.joining(" ,\n")));
    return this;
  }

  String text() {
    return text.toString();
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private static String lowerFirst(String sentence) {
    String first = sentence.substring(0, 1);
    boolean isAcronym = sentence.length() > 1 && Character.isUpperCase(sentence.charAt(1));
    return isAcronym ? sentence : first.toLowerCase(Locale.ROOT) + sentence.substring(1);
  }

  private static String word(String text) {
    return '"' + escaped(text).replace("\"", "\\(dq") + '"';
  }

  /// A dot or a quote at a line's beginning would be a request.
  private static String textLine(String line) {
    String escaped = escaped(line);
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }

  /// Without this, `-` becomes a hyphen and quotes and accents become typographic ones, so that an
  /// example could not be copied.
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(character -> {
          switch (character) {
            case '\\' -> escaped.append("\\e");
            case '-' -> escaped.append("\\-");
            case '\'' -> escaped.append("\\(aq");
            case '`' -> escaped.append("\\(ga");
            case '^' -> escaped.append("\\(ha");
            case '~' -> escaped.append("\\(ti");
            default -> {
              if (character < 0x80) {
                escaped.append((char) character);
              } else {
                escaped.append(String.format(Locale.ROOT, "\\[u%04X]", character));
              }
            }
          }
        });
    return escaped.toString();
  }
}
