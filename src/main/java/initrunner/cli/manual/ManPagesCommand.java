package initrunner.cli.manual;

import initrunner.cli.console.Console;
import initrunner.cli.console.ExitCodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `man-pages DIR`: writes the manual pages, for a package of the program.
@Command(
    name = "man-pages",
    hidden = true,
    descriptionHeading = "%n",
    description = {
      "Writes the manual pages of all commands into a directory.",
      "The date on them is SOURCE_DATE_EPOCH, else today.",
      ""
    })
public final class ManPagesCommand implements Callable<Integer> {

  private final Console console;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The directory, which is made if it is missing.")
  private Path directory;

  public ManPagesCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(directory);
    String version = spec.root().version()[0].lines().findFirst().orElse("");
    for (Map.Entry<String, String> page : ManualPages.of(spec.root(), version, date()).entrySet()) {
      Files.write(
          directory.resolve(page.getKey()), page.getValue().getBytes(StandardCharsets.UTF_8));
    }
    return ExitCodes.OK;
  }

  private LocalDate date() {
    return console
        .variable("SOURCE_DATE_EPOCH")
        .filter(seconds -> seconds.matches("[0-9]{1,11}"))
        .map(seconds ->
            Instant.ofEpochSecond(Long.parseLong(seconds)).atZone(ZoneOffset.UTC).toLocalDate())
        .orElseGet(() -> LocalDate.now(ZoneOffset.UTC));
  }
}
