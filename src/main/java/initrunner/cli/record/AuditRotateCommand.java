package initrunner.cli.record;

import initrunner.audit.AuditLocation;
import initrunner.audit.ChainKey;
import initrunner.audit.Rotation;
import initrunner.cli.console.ExitCodes;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `audit rotate`: puts the record aside, so that the next call begins a new one.
@Command(
    name = "rotate",
    description = "Puts the record aside; the next call begins a new one.",
    sortOptions = false,
    footer = {
      "",
      "The old database stays in its directory, with the time in its name, and can be",
      "verified there. Run this while no other initrunner runs: a process that has the",
      "record open refuses further calls.",
      "",
      "Exit status: 0, 1 there is no record or it cannot be moved, 2 wrong usage.",
    })
public final class AuditRotateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @ParentCommand private AuditCommand audit;

  @Option(
      names = "--new-key",
      description =
          "Put the key aside as well; a new one is made. Where the key is lost, that is done anyway.")
  private boolean newKey;

  @Option(
      names = "--audit-db",
      paramLabel = "FILE",
      description = "Another database than audit.db in the home.")
  private @Nullable Path database;

  /// For picocli, as a command of [AuditCommand].
  public AuditRotateCommand() {}

  @Override
  public Integer call() {
    AuditLocation place = AuditLocation.of(audit.environment(), Optional.ofNullable(database));
    ChainKey key = ChainKey.of(audit.environment(), place);
    Rotation rotation = new Rotation(place.database(), key, Instant.now());
    List<Path> aside = newKey || !key.isThere() ? rotation.withKey() : rotation.underTheSameKey();
    aside.forEach(file -> spec.commandLine().getOut().println("Put aside: " + file));
    if (newKey && key.given().isPresent()) {
      spec.commandLine()
          .getErr()
          .println("Now set " + ChainKey.VARIABLE + " to a new key: openssl rand -hex 32");
    }
    return ExitCodes.OK;
  }
}
