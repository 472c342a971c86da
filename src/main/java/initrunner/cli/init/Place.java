package initrunner.cli.init;

import initrunner.exec.transport.SearchPath;
import initrunner.role.Role;
import initrunner.run.HostRole;
import initrunner.runtime.doctor.Doctor;
import initrunner.runtime.doctor.Finding;
import initrunner.runtime.doctor.Finding.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What was found where the tools shall run. Immutable.
///
/// @param account in a line; empty if it is not known
/// @param obstacle why commands cannot run there, and the next step; empty if they can
/// @param missing programs that some tools need, and that are not there
record Place(String account, Optional<Finding> obstacle, List<String> missing) {

  /// A place that was not looked at.
  static final Place UNKNOWN = new Place("", Optional.empty(), List.of());

  private static final List<String> CONTAINING = List.of("bwrap", "docker");

  /// Looks at a host: connects to it, and blocks until that has an end.
  ///
  /// @throws IllegalArgumentException if `ssh` would not take the host as one
  static Place ofHost(String host, Optional<String> directory, Map<String, String> process) {
    Role role = new HostRole("init", "the host").of(host, directory);
    List<Finding> findings = Doctor.account(role, process);
    return new Place(
        findings.stream()
            .filter(each -> each.subject().equals("account"))
            .map(Finding::detail)
            .findFirst()
            .orElse(""),
        findings.stream().filter(each -> each.verdict() == Verdict.MISSING).findFirst(),
        findings.stream()
            .filter(each -> each.verdict() == Verdict.NOTE)
            .map(Finding::subject)
            .filter(Place::isNeeded)
            .toList());
  }

  /// Looks whether something on this machine can contain commands, and whether the directory is
  /// there. Blocks for its answers.
  static Place here(Optional<String> directory, Map<String, String> process) {
    Optional<Path> start =
        directory.map(each -> Path.of(InitCommand.absolute(each, Optional.empty(), process)));
    List<Finding> containing =
        Doctor.thisMachine(process, Doctor.Slurm.LEFT_OUT).stream()
            .filter(each -> CONTAINING.contains(each.subject()))
            .toList();
    Optional<Finding> works =
        containing.stream().filter(each -> each.verdict() != Verdict.MISSING).findFirst();
    Optional<Finding> noDirectory =
        start
            .filter(path -> !Files.isDirectory(path))
            .map(path ->
                Finding.missing(
                    "directory", "there is no directory " + path, "Make it: mkdir -p " + path));
    return new Place(
        works.map(each -> "commands run in " + each.subject() + ", contained").orElse(""),
        works.isPresent() ? noDirectory : containing.stream().findFirst(),
        Stream.of(KnownTool.values())
            .flatMap(tool -> tool.needed().stream())
            .filter(program -> SearchPath.find(program).isEmpty())
            .toList());
  }

  private static boolean isNeeded(String program) {
    return Stream.of(KnownTool.values())
        .anyMatch(tool -> tool.needed().equals(Optional.of(program)));
  }

  boolean has(KnownTool tool) {
    return tool.needed().map(program -> !missing.contains(program)).orElse(true);
  }

  /// The usual tools that can work there.
  List<String> tools() {
    return Stream.of(KnownTool.values())
        .filter(KnownTool::isUsual)
        .filter(this::has)
        .map(KnownTool::type)
        .toList();
  }
}
