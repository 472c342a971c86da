package initrunner.cli.connect;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.cli.console.InputLines;
import initrunner.door.connect.ClientFileChange;
import initrunner.text.LineDiff;
import initrunner.text.Redaction;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What `connect` is about to write, for a person to look at. Its methods return exit statuses.
///
/// @param changes each of which changes something
public record ConnectChanges(Console console, List<ClientFileChange> changes) {

  private static final int SIGINT = 2;

  public ConnectChanges {
    changes = List.copyOf(changes);
  }

  public void show() {
    changes.forEach(this::showDifference);
  }

  /// The lines around may hold another server's token.
  private void showDifference(ClientFileChange change) {
    console.out().println("--- " + (change.before().isPresent() ? change.file() : "/dev/null"));
    console.out().println("+++ " + (change.after().isPresent() ? change.file() : "/dev/null"));
    LineDiff.of(change.before().orElse(""), change.after().orElse(""))
        .forEach(line -> console.out().println(Redaction.redact(line)));
  }

  /// Asks first, and blocks until there is an answer. An interrupt is a no.
  public int writeIfWanted() throws IOException {
    try {
      if (InputLines.isYes(console, "Write that?")) {
        return write();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      console.err().println("Nothing was written.");
      return ExitCodes.signal(SIGINT);
    }
    console.err().println("Nothing was written.");
    return ExitCodes.FAILED;
  }

  /// Writes them without a question.
  public int write() throws IOException {
    for (ClientFileChange change : changes) {
      change.write();
      console.err().println(said(change));
    }
    return ExitCodes.OK;
  }

  private static String said(ClientFileChange change) {
    if (change.after().isEmpty()) {
      return "Removed " + change.file() + ", which had nothing else in it.";
    }
    return "Wrote "
        + change.file()
        + change.kept().map(backup -> said(change, backup)).orElse("")
        + (change.isRestored() ? ", as it was before connect" : "")
        + ".";
  }

  private static String said(ClientFileChange change, ClientFileChange.Kept backup) {
    boolean isOfToday = change.before().equals(Optional.of(backup.text()));
    return (isOfToday ? "; as it was before: " : "; as it is without connect: ") + backup.path();
  }
}
