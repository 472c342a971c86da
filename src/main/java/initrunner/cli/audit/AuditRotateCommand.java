package initrunner.cli.audit;

import initrunner.audit.ChainKey;
import initrunner.audit.Rotation;
import initrunner.cli.console.ExitCodes;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `audit rotate`: moves the audit log aside, so that the next call begins a new one.
@Command(
    name = "rotate",
    descriptionHeading = "%n",
    description = {"Puts the audit log aside, to begin a new one, or changes its key.", ""},
    sortOptions = false,
    footer = {
      "",
      "The old database stays in its directory, with the time in its name, and can be",
      "verified there. Run this while no other initrunner runs: a process that has the",
      "audit log open refuses further calls. With --in-place nothing is put aside.",
      "",
      "Exit status: 0, 1 there is no audit log or it cannot be moved, 2 wrong usage.",
    })
public final class AuditRotateCommand implements Callable<Integer> {

  @Option(
      names = "--new-key",
      description =
          "Put the key aside as well; a new one is made. Where the key is lost, that is done anyway.")
  private boolean newKey;

  @Option(
      names = "--in-place",
      description =
          "Leave the audit log where it is, and let a new key sign from now on. The old key stays in"
              + " audit_keys, to verify with.")
  private boolean inPlace;

  @Mixin private final AuditOptions audit = new AuditOptions();

  @Override
  public Integer call() {
    ChainKey key = audit.key();
    if (inPlace && newKey) {
      throw audit.fault("--in-place already makes a new key; leave --new-key out");
    }
    Rotation rotation = new Rotation(audit.location().database(), key, Instant.now());
    if (inPlace) {
      List<String> ids = rotation.inPlace();
      audit.out().println("Key " + ids.getLast() + " signs from now on.");
      audit.out().println("Key " + ids.getFirst() + " stays, to verify with: keep it.");
      return ExitCodes.OK;
    }
    List<Path> aside = newKey || !key.isThere() ? rotation.withKey() : rotation.underTheSameKey();
    aside.forEach(file -> audit.out().println("Put aside: " + file));
    if (newKey && key.given().isPresent()) {
      audit.err().println("Now set " + ChainKey.VARIABLE + " to a new key: openssl rand -hex 32");
    }
    return ExitCodes.OK;
  }
}
