package initrunner.cli.attach;

import initrunner.audit.AuditLocation;
import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import initrunner.runtime.terminals.AttachSocket;
import initrunner.runtime.terminals.AttachSocket.Found;
import initrunner.text.SafeText;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `attach`: lists the terminals that agents have open, and attaches to one.
@Command(
    name = "attach",
    sortOptions = false,
    customSynopsis = "Usage: initrunner attach [ID]",
    synopsisHeading = "",
    descriptionHeading = "%n",
    description = {
      "Shows a terminal that an agent has open, as it is drawn.",
      "Enter takes it over: then you type, and the agent does not. ~g gives it back,",
      "~. leaves. Without ID, lists the open terminals of your account.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  initrunner attach",
      "      which terminals are open",
      "  initrunner attach t3fa2",
      "      watch one, and take it over",
      "",
      "The audit log says who attached, took over and gave back. The agent sees of",
      "what you type as much as the program shows.",
      "",
      "Exit status: 0 you have left or the terminal is closed, 2 wrong usage or there",
      "is no such terminal."
    })
public final class AttachCommand implements Callable<Integer> {

  private static final int MOST_SHOWN = 60;

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "ID",
      description = "The terminal, or the beginning of its id; none for a list.")
  private @Nullable String id;

  public AttachCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<Found> open =
        AttachSocket.found(AuditLocation.home(console.environment()).resolve("terminals"));
    try {
      if (id == null) {
        list(open);
        return ExitCodes.OK;
      }
      Found chosen = chosen(open, id);
      if (console.input() != Console.Output.TERMINAL
          || console.output() != Console.Output.TERMINAL) {
        throw fault("attach needs a terminal here, and standard input or output is none");
      }
      console.err().println(new AttachedTerminal(console, chosen).show());
      return ExitCodes.OK;
    } finally {
      open.forEach(AttachCommand::close);
    }
  }

  private void list(List<Found> open) {
    if (open.isEmpty()) {
      console.err().println("No terminal is open.");
    }
    for (Found each : open) {
      console
          .out()
          .println(
              SafeText.oneLine(
                  "%s  %s  %s  %s%s"
                      .formatted(
                          each.id(),
                          each.host(),
                          each.agent(),
                          SafeText.cut(each.command(), MOST_SHOWN),
                          each.holder()
                              .map(person -> "  (taken over by " + person + ")")
                              .orElse(""))));
    }
  }

  private Found chosen(List<Found> open, String wanted) {
    List<Found> matching = open.stream().filter(each -> each.id().startsWith(wanted)).toList();
    if (matching.size() == 1) {
      return matching.getFirst();
    }
    String ids = open.stream().map(Found::id).collect(Collectors.joining(", "));
    throw fault(
        (matching.isEmpty() ? "no terminal '" : "several terminals begin with '")
            + wanted
            + "'; "
            + (open.isEmpty() ? "none is open" : "open are " + ids));
  }

  private ParameterException fault(String reason) {
    return new ParameterException(spec.commandLine(), "attach: " + reason);
  }

  private static void close(Found found) {
    try {
      found.close();
    } catch (IOException gone) {
      System.getLogger(AttachCommand.class.getName())
          .log(System.Logger.Level.DEBUG, "closing a socket", gone);
    }
  }
}
