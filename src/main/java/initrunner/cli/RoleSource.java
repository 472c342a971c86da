package initrunner.cli;

import initrunner.audit.AuditLocation;
import initrunner.cli.console.Console;
import initrunner.role.Role;
import initrunner.role.RoleEnvironment;
import initrunner.role.RoleFile;
import initrunner.role.RoleLoader;
import java.nio.file.Path;

/// A role that is to be used. Its file was read once.
///
/// @param sha256 of the file's bytes; empty where there is none
/// @param console with the variables that the role and its model's key come from
/// @param environment those variables, and which of them files set
record RoleSource(Role role, String sha256, Console console, RoleEnvironment environment) {

  /// Reads the role and the `.env` files that belong to it.
  ///
  /// @throws RoleException with every fault of them
  ///
  /// @param path of the file, or of the directory that holds it under a usual name
  static RoleSource of(Path path, Console console) {
    Path file = RoleFile.of(path);
    Path home = AuditLocation.home(console.environment());
    RoleEnvironment environment = RoleEnvironment.of(file, home, console.environment());
    RoleFile read = RoleFile.read(file);
    return new RoleSource(
        RoleLoader.load(read, environment),
        read.sha256(),
        console.withEnvironment(environment.values()),
        environment);
  }
}
