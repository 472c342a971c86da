package initrunner.run;

import initrunner.audit.AuditLocation;
import initrunner.role.Role;
import initrunner.role.RoleLoader;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.file.RoleFile;
import java.nio.file.Path;
import java.util.Map;

/// A role with its source. The file was read once.
///
/// @param sha256 of the file's bytes; empty without a file
/// @param environment the variables for the role and its model's key, and which of them files set
public record RoleSource(Role role, String sha256, RoleEnvironment environment) {

  /// Whether it is that of a host, for which there is no file.
  public boolean isOfHost() {
    return sha256.isEmpty();
  }

  /// The same with one of the role's sandboxes alone.
  ///
  /// @param sandbox one of [Role#sandboxNames]
  public RoleSource at(String sandbox) {
    return new RoleSource(role.at(sandbox), sha256, environment);
  }

  /// Reads the role and its `.env` files.
  ///
  /// @param path of the file, or of the directory that holds it under a usual name
  /// @param process the variables of this process
  /// @throws ConfigException with all their faults
  public static RoleSource of(Path path, Map<String, String> process) {
    Path file = RoleFile.of(path);
    RoleEnvironment environment = RoleEnvironment.of(file, AuditLocation.home(process), process);
    RoleFile read = RoleFile.read(file);
    return new RoleSource(RoleLoader.load(read, environment), read.sha256(), environment);
  }
}
