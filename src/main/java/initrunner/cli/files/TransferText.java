package initrunner.cli.files;

import initrunner.cli.console.Console;
import initrunner.transfer.Rules;
import java.time.Duration;
import java.util.List;

/// What a transfer did, for a person: what went on standard output, what did not on standard error.
record TransferText(Console console, Rules rules, Totals totals) {

  private static final int MOST_NAMES = 50;

  /// What was done.
  void tellDone(Duration time) {
    int directories = totals.sent().size() + totals.fetched().size() - totals.files();
    String took = " in " + AmountText.time(time) + ".";
    if (totals.files() > 0) {
      say(moved("Sent ", "Fetched ", "Sent and fetched ") + took);
    } else if (directories > 0) {
      say("Made " + AmountText.count(directories, "directory") + took);
    }
    removed("Removed ");
    tellOthers("");
  }

  /// What would be done, name by name, and that nothing is.
  void tellDryRun() {
    listPlan();
    tellOthers("A dry run: nothing was changed.");
  }

  /// What would be done, name by name.
  void tellPlan() {
    listPlan();
    tellOthers("");
  }

  private void listPlan() {
    totals.sent().forEach(name -> say("send      " + name));
    totals.fetched().forEach(name -> say("fetch     " + name));
    totals.removedThere().forEach(name -> say("remove    " + name + " (there)"));
    totals.removedHere().forEach(name -> say("remove    " + name + " (here)"));
    if (!totals.sent().isEmpty() || !totals.fetched().isEmpty()) {
      say(moved("Would send ", "Would fetch ", "Would send and fetch ") + ".");
    }
    removed("Would remove ");
  }

  private String moved(String sent, String fetched, String both) {
    String what = totals.fetched().isEmpty() ? sent : totals.sent().isEmpty() ? fetched : both;
    String where =
        totals.fetched().isEmpty() ? " to " : totals.sent().isEmpty() ? " from " : " to and from ";
    return what
        + AmountText.count(totals.files(), "file")
        + ", "
        + AmountText.bytes(totals.bytes())
        + ","
        + where
        + totals.place();
  }

  private void removed(String what) {
    removed(what, totals.removedThere(), " on " + totals.place());
    removed(what, totals.removedHere(), " here");
  }

  private void removed(String what, List<String> names, String where) {
    if (!names.isEmpty()) {
      say(what + AmountText.count(names.size(), "name") + where + ".");
    }
  }

  private void tellOthers(String before) {
    if (totals.isEmpty() && totals.isComplete()) {
      String nothing =
          switch (rules.direction()) {
            case PUSH -> "Nothing to send";
            case PULL -> "Nothing to fetch";
            case BOTH -> "Nothing to do";
          };
      say(
          nothing
              + (totals.same() == 0
                  ? "."
                  : ": " + areFiles(totals.same()) + " the same on both sides."));
    } else if (!before.isEmpty()) {
      say(before);
    }
    if (totals.left() > 0) {
      say(left());
    }
    complain(
        totals.conflicts().stream().map(it -> it.name() + ": " + it.reason()).toList(),
        "conflict  ");
    complain(totals.refused(), "refused   ");
    if (!totals.conflicts().isEmpty()) {
      console.err().println(nextStep());
    }
  }

  private String left() {
    String changed = AmountText.count(totals.left(), "name");
    return rules.direction() == Rules.Direction.PUSH
        ? changed + " changed or went on " + totals.place() + ", not here: --take here sends them."
        : changed + " changed or went here, not on the host: --take there fetches them.";
  }

  private static String areFiles(int count) {
    return AmountText.count(count, "file") + (count == 1 ? " is" : " are");
  }

  private void complain(List<String> names, String what) {
    names.stream().limit(MOST_NAMES).forEach(name -> console.err().println(what + name));
    if (names.size() > MOST_NAMES) {
      console.err().println("… and " + (names.size() - MOST_NAMES) + " more; --json names all");
    }
  }

  private String nextStep() {
    String one = totals.conflicts().size() == 1 ? "that file" : "those files";
    return switch (rules.direction()) {
      case PUSH ->
          "Nothing of " + one + " was sent: --take here sends what is here, over what is there.";
      case PULL ->
          "Nothing of "
              + one
              + " was fetched: --take there fetches what is there, over what is here.";
      case BOTH -> "Nothing of " + one + " was changed: --take here or --take there decides.";
    };
  }

  private void say(String line) {
    console.out().println(line);
  }
}
