package initrunner.runtime.confine;

import initrunner.audit.AuditLocation;
import initrunner.launch.Cover;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Mount;
import initrunner.role.Role;
import initrunner.role.sandbox.SandboxSettings;
import initrunner.runtime.confine.ObeyedPaths.Account;
import initrunner.text.FileFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Files that contained commands on this machine must not reach, although they lie below a
/// directory that commands get. Commands find the `.env` beside the role and the user's InitRunner
/// directory empty; they can read but not change the role's file and the files that InitRunner
/// starts from. If the role itself mounts its file or its `.env`, that mount stays. Immutable and
/// safe for many threads; blocks on the file system only.
///
/// @param role its file
/// @param home the user's InitRunner directory
/// @param account that commands run as
public record OwnFiles(Path role, Path home, StartFiles start, Account account) {

  private static final String WORK = "/work";

  /// Below the user's InitRunner directory; the user may keep roles there.
  private static final String ROLES = "roles";

  /// The files of a role, of the user and of InitRunner's start.
  ///
  /// @param environment of this process, which may name the user's InitRunner directory
  public static OwnFiles of(Role role, Map<String, String> environment) {
    return new OwnFiles(
        role.file().toAbsolutePath(),
        AuditLocation.home(environment),
        StartFiles.ofThisProcess(environment),
        account(role.sandbox()));
  }

  private static Account account(SandboxSettings sandbox) {
    boolean isUsual = sandbox.docker().user().equals(SandboxSettings.DEFAULT.docker().user());
    return switch (sandbox.backend()) {
      case DOCKER, AUTO -> isUsual ? Account.THIS : Account.ANOTHER;
      case NONE, BWRAP, SSH -> Account.THIS;
    };
  }

  /// Checks that none of these files has another name where commands may write.
  ///
  /// @throws LauncherUnavailableException if one has
  public void requireNoOtherNames(WritableDirectories writable) {
    List<Path> shown = start.named().stream().filter(writable::hold).toList();
    OtherNames.requireNone(
        Stream.concat(Stream.of(role, variables()), shown.stream()).toList(), writable.real());
  }

  /// The `.env` beside the role, which may hold keys of models.
  public Path variables() {
    return role.resolveSibling(".env");
  }

  /// The files and directories that InitRunner starts from.
  public List<Path> ofStart() {
    return start.named();
  }

  /// Checks that contained commands cannot write to the audit log or to its signing key. SQLite
  /// makes and removes files beside a database, so no mount could cover them.
  ///
  /// @throws LauncherUnavailableException if commands could
  public void requireOutOfReach(Path record, WritableDirectories writable) {
    Path own = WritableDirectories.real(home);
    if (writable.real().contains(own)) {
      throw new LauncherUnavailableException(
          "commands could write to " + own + ", where initrunner keeps its own files",
          "Have them start in another directory.");
    }
    if (writable.holdUncovered(record, own)) {
      throw new LauncherUnavailableException(
          "the audit database " + record + " lies where commands could write to it",
          "Name one outside of the role's directory, of where commands start, and of what the role"
              + " mounts: --audit-db FILE.");
    }
  }

  private enum Kind {
    EMPTY_FILE,
    EMPTY_DIRECTORY,
    READ_ONLY
  }

  private record Kept(Path real, Kind kind) {}

  /// The covers over the mounts of a call, for the files as they are now. Makes the `.env` beside
  /// the role and the user's InitRunner directory where a command could make them.
  ///
  /// @param directory in which the command starts
  /// @throws LauncherUnavailableException if the covers cannot be determined, or commands could
  ///   change what the next start obeys
  public List<Cover> covers(Path directory, List<Mount> mounts) {
    List<Mount> shown = new ArrayList<>();
    shown.add(new Mount(directory.toString(), WORK, Mount.Access.READ_WRITE));
    shown.addAll(mounts);
    Map<String, Cover> covers = new LinkedHashMap<>();
    try {
      for (Kept kept : kept(new ObeyedPaths(shown, account))) {
        for (int i = 0; i < shown.size(); i++) {
          cover(kept, i, shown, covers);
        }
      }
    } catch (IOException e) {
      throw new LauncherUnavailableException(
          "the files that contained commands must not reach cannot be checked: "
              + FileFailure.reason(e),
          "Make sure that the directory of the role can be read.");
    }
    return List.copyOf(covers.values());
  }

  private List<Kept> kept(ObeyedPaths obeyed) throws IOException {
    List<Kept> kept = new ArrayList<>();
    obeyed.requireNotGiven(
        home, Optional.of(home.resolve(ROLES)), "where initrunner keeps its own files");
    obeyed.requireDirectory(home).ifPresent(real -> kept.add(new Kept(real, Kind.EMPTY_DIRECTORY)));
    obeyed.requireFile(variables()).ifPresent(real -> kept.add(new Kept(real, Kind.EMPTY_FILE)));
    obeyed.requireThere(role).ifPresent(real -> kept.add(new Kept(real, Kind.READ_ONLY)));
    for (Path each : start.named()) {
      obeyed.requireNotGiven(each, Optional.empty(), "from which initrunner itself starts");
      obeyed.requireThere(each).ifPresent(real -> kept.add(new Kept(real, Kind.READ_ONLY)));
    }
    // Outer directories come first.
    kept.sort(Comparator.comparingInt(each -> each.real().getNameCount()));
    return kept;
  }

  private static void cover(Kept kept, int index, List<Mount> shown, Map<String, Cover> covers)
      throws IOException {
    Mount mount = shown.get(index);
    Optional<Path> below = ObeyedPaths.below(Path.of(mount.source()), kept.real());
    if (below.isEmpty()) {
      return;
    }
    Path target = Path.of(mount.target());
    Path whole = target.resolve(below.get());
    if (isShownByAnother(whole, index, shown) || isInEmptyDirectory(whole, covers)) {
      return;
    }
    boolean isWritable = mount.access() == Mount.Access.READ_WRITE && !isInReadOnly(whole, covers);
    if (isWritable) {
      standing(kept.real(), below.get(), target, covers);
    }
    String path = whole.toString();
    switch (kept.kind()) {
      case EMPTY_FILE -> covers.put(path, new Cover.EmptyFile(path));
      case EMPTY_DIRECTORY -> covers.put(path, new Cover.EmptyDirectory(path));
      case READ_ONLY -> {
        if (isWritable) {
          covers.put(path, itself(kept.real(), path, Mount.Access.READ_ONLY));
        }
      }
    }
  }

  private static boolean isInReadOnly(Path path, Map<String, Cover> covers) {
    return covers.values().stream()
        .anyMatch(cover ->
            cover instanceof Cover.Itself(Mount above)
                && above.access() == Mount.Access.READ_ONLY
                && path.startsWith(above.target()));
  }

  private static boolean isInEmptyDirectory(Path path, Map<String, Cover> covers) {
    return covers.values().stream()
        .anyMatch(
            cover -> cover instanceof Cover.EmptyDirectory(String above) && path.startsWith(above));
  }

  /// Covers the directories on the way, too: a command that moves one would move all below it, and
  /// could put something else at its name.
  private static void standing(Path real, Path below, Path target, Map<String, Cover> covers) {
    Path directory = real;
    for (int length = below.getNameCount() - 1; length > 0; length--) {
      directory = directory.resolveSibling("");
      String path = target.resolve(below.subpath(0, length)).toString();
      covers.putIfAbsent(path, itself(directory, path, Mount.Access.READ_WRITE));
    }
  }

  private static Cover itself(Path real, String target, Mount.Access access) {
    return new Cover.Itself(new Mount(real.toString(), target, access));
  }

  /// Of two mounts over a path the deeper one shows it, and of two at one path the later.
  private static boolean isShownByAnother(Path path, int index, List<Mount> shown) {
    int depth = Path.of(shown.get(index).target()).normalize().getNameCount();
    for (int i = 0; i < shown.size(); i++) {
      Path other = Path.of(shown.get(i).target()).normalize();
      int otherDepth = other.getNameCount();
      if (path.startsWith(other) && (otherDepth > depth || (otherDepth == depth && i > index))) {
        return true;
      }
    }
    return false;
  }
}
