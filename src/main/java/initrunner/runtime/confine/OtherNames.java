package initrunner.runtime.confine;

import initrunner.launch.LauncherUnavailableException;
import initrunner.text.FileFailure;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Looks for hard links: a file that commands must not reach under one name must not be writable
/// under another. Commands cannot make such a name, as each protected path is a mount of its own.
/// Stateless. Blocks on the file system only: briefly, unless a protected file has several names;
/// then as long as it takes to search all that commands may write to.
final class OtherNames {

  private OtherNames() {}

  /// @param kept files, and directories with all that is in them
  /// @throws LauncherUnavailableException if one of them has another name below a writable
  ///   directory
  static void requireNone(List<Path> kept, List<Path> writable) {
    Map<Object, Path> several = new HashMap<>();
    try {
      for (Path each : kept) {
        if (Files.exists(each)) {
          Files.walkFileTree(each.toRealPath(), new Collected(several));
        }
      }
      if (several.isEmpty()) {
        return;
      }
      List<Path> real = kept.stream().map(WritableDirectories::real).toList();
      for (Path directory : writable) {
        Files.walkFileTree(directory, new Searched(several, real));
      }
    } catch (IOException e) {
      throw new LauncherUnavailableException(
          "the files that contained commands must not change cannot be checked: "
              + FileFailure.reason(e),
          "Make sure that the account can read it.");
    }
  }

  private static boolean hasSeveral(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1;
  }

  /// The file system's identities of files, which all names of a file share.
  private static final class Collected extends Visitor {

    private final Map<Object, Path> several;

    Collected(Map<Object, Path> several) {
      this.several = several;
    }

    @Override
    void file(Path file, Object key) throws IOException {
      if (hasSeveral(file)) {
        several.put(key, file);
      }
    }
  }

  private static final class Searched extends Visitor {

    private final Map<Object, Path> several;
    private final List<Path> kept;

    Searched(Map<Object, Path> several, List<Path> kept) {
      this.several = several;
      this.kept = kept;
    }

    @Override
    void file(Path file, Object key) {
      Path other = several.get(key);
      if (other != null && kept.stream().noneMatch(file::startsWith)) {
        throw new LauncherUnavailableException(
            "commands could change '" + other + "' under its other name '" + file + "'",
            "Make one of them a copy: cp -p FILE FILE.new && mv FILE.new FILE");
      }
    }
  }

  private abstract static class Visitor extends SimpleFileVisitor<Path> {

    abstract void file(Path file, Object key) throws IOException;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (attributes.isRegularFile()) {
        file(file, attributes.fileKey());
      }
      return FileVisitResult.CONTINUE;
    }

    /// A file that cannot be read has no name to which a command of the same account could write.
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }
}
