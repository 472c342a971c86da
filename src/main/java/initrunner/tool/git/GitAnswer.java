package initrunner.tool.git;

import initrunner.exec.Captured;
import initrunner.exec.Excerpt;
import initrunner.exec.Outcome;
import initrunner.tool.Plan;
import initrunner.tool.ResultText;
import initrunner.tool.ScriptAnswer;
import initrunner.tool.Shown;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

/// Describes git's output to the model. File names are unquoted, so that the model can use them in
/// a call; one with invisible characters is a JSON string.
sealed interface GitAnswer extends ScriptAnswer {

  /// The output as git prints it.
  record AsPrinted() implements GitAnswer {
    @Override
    public String success(Plan.Run run, Outcome outcome, Captured output, String host) {
      return PLAIN.of(run, outcome, output, host);
    }
  }

  /// Another answer, about an output that lacks the files which rules of the role deny.
  record InPart(GitAnswer answer) implements GitAnswer {
    @Override
    public String success(Plan.Run run, Outcome outcome, Captured output, String host) {
      return answer.success(run, outcome, output, host)
          + "\n[files that rules of the role deny are left out]";
    }
  }

  /// The lines of `git status --short`: two letters, a blank, a name, and after ` -> ` another.
  record Status() implements GitAnswer {

    @Override
    public String success(Plan.Run run, Outcome outcome, Captured output, String host) {
      Excerpt printed = output.stdoutExcerpt().within(run.maxOutputBytes()).ofWholeLines();
      String lines =
          printed
              .text()
              .lines()
              .filter(line -> !line.isEmpty())
              .map(Status::line)
              .collect(
                  Collectors.joining("\n", "STDOUT:\n", printed.isCut() ? "\n[truncated]" : ""));
      return Shown.withComplaints(lines, output) + ResultText.lostOutput(outcome, host);
    }

    private static String line(String line) {
      if (line.length() < 4 || line.indexOf('"') < 0 || line.startsWith("##")) {
        return line;
      }
      String names = line.substring(3);
      int end = endOfName(names);
      String second = names.substring(end);
      return line.substring(0, 3)
          + Shown.name(unquoted(names.substring(0, end)))
          + (second.startsWith(" -> ")
              ? " -> " + Shown.name(unquoted(second.substring(4)))
              : second);
    }

    /// The end of a name, which git quotes if it holds blanks.
    private static int endOfName(String names) {
      if (!names.startsWith("\"")) {
        int arrow = names.indexOf(" -> ");
        return arrow < 0 ? names.length() : arrow;
      }
      int at = 1;
      while (at < names.length() && names.charAt(at) != '"') {
        at += names.charAt(at) == '\\' ? 2 : 1;
      }
      return Math.min(at + 1, names.length());
    }
  }

  /// `--name-status -z`: letters and names in turn, with a NUL after each; two names for a moved
  /// file.
  record Changed() implements GitAnswer {

    @Override
    public String success(Plan.Run run, Outcome outcome, Captured output, String host) {
      Excerpt printed = output.stdoutExcerpt().within(run.maxOutputBytes());
      Iterator<String> parts = Shown.separated(printed.head(), printed.isCut()).iterator();
      List<String> lines = new ArrayList<>();
      while (parts.hasNext()) {
        String letter = parts.next();
        boolean isMoved = letter.startsWith("R") || letter.startsWith("C");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < (isMoved ? 2 : 1) && parts.hasNext(); i++) {
          names.add(Shown.name(parts.next()));
        }
        lines.add(letter + " " + String.join(" -> ", names));
      }
      return listed(lines, printed, output) + ResultText.lostOutput(outcome, host);
    }
  }

  /// Names with a NUL after each.
  record Files() implements GitAnswer {

    @Override
    public String success(Plan.Run run, Outcome outcome, Captured output, String host) {
      Excerpt printed = output.stdoutExcerpt().within(run.maxOutputBytes());
      List<String> names = Shown.separated(printed.head(), printed.isCut());
      return listed(names.stream().map(Shown::name).toList(), printed, output)
          + ResultText.lostOutput(outcome, host);
    }
  }

  private static String listed(List<String> lines, Excerpt printed, Captured output) {
    String list = lines.isEmpty() && !printed.isCut() ? "(no files)" : String.join("\n", lines);
    return Shown.withComplaints(printed.isCut() ? list + "\n[truncated]" : list, output);
  }

  /// Decodes a name that git has quoted.
  private static String unquoted(String name) {
    if (!name.startsWith("\"")) {
      return name;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 1;
    while (at < name.length() - 1) {
      int from = at;
      int character = name.codePointAt(at);
      at += Character.charCount(character);
      if (character != '\\') {
        bytes.writeBytes(name.substring(from, at).getBytes(StandardCharsets.UTF_8));
      } else if (name.substring(at).matches("(?s)[0-3][0-7]{2}.+")) {
        bytes.write(Integer.parseInt(name.substring(at, at + 3), 8));
        at += 3;
      } else {
        bytes.write(escaped(name.charAt(at++)));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static char escaped(char letter) {
    return switch (letter) {
      case 'a' -> '\u0007';
      case 'b' -> '\b';
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'v' -> '\u000b';
      case 'f' -> '\f';
      case 'r' -> '\r';
      default -> letter;
    };
  }
}
