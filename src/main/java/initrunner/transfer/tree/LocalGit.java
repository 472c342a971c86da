package initrunner.transfer.tree;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.exec.transport.LocalTransport;
import initrunner.text.SafeText;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What git says of a tree of this machine, which is a work tree, is in one, or holds some: which
/// files belong to them, and which names they ignore. Each repository has rules of its own. For one
/// thread; blocks for the program.
public final class LocalGit {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// The status of `git check-ignore` that ignores none of the names.
  private static final int NONE_IGNORED = 1;

  private final Path root;
  private final boolean isWorkTree;

  /// The repositories in it, by the name of their work tree.
  private final TreeMap<TreePath, LocalGit> inside = new TreeMap<>();

  private LocalGit(Path root, boolean isWorkTree) {
    this.root = root;
    this.isWorkTree = isWorkTree;
  }

  /// A directory that a work tree ignores is no part of it.
  ///
  /// @throws TransferException if git does not say what it ignores
  public static LocalGit of(Path root) {
    for (Path each = root; each != null; each = each.getParent()) {
      if (isRepository(each) && Files.exists(root)) {
        LocalGit git = new LocalGit(root, true);
        boolean isIgnored = !each.equals(root) && !git.isNotIgnored();
        return isIgnored ? new LocalGit(root, false) : git;
      }
    }
    return new LocalGit(root, false);
  }

  /// A tree in which git has no say.
  static LocalGit none(Path root) {
    return new LocalGit(root, false);
  }

  static boolean isRepository(Path directory) {
    return Files.exists(directory.resolve(".git"), LinkOption.NOFOLLOW_LINKS);
  }

  private boolean isNotIgnored() {
    byte[] itself = ".".getBytes(StandardCharsets.ISO_8859_1);
    return run(List.of("check-ignore", "-z", "--stdin"), itself).output().length == 0;
  }

  /// Whether the tree is a work tree, or in one.
  boolean isWorkTree() {
    return isWorkTree;
  }

  /// Whether it is for git to say if a name takes part.
  public boolean rules(TreePath name) {
    return isWorkTree
        || inside.keySet().stream().anyMatch(each -> name.equals(each) || name.isBelow(each));
  }

  /// The names of its files and links that git tracks, or would track.
  ///
  /// @throws TransferException if git does not say
  public Set<TreePath> files() {
    Set<TreePath> files = new HashSet<>();
    byte[] listed =
        run(List.of("ls-files", "-z", "--cached", "--others", "--exclude-standard"), new byte[0])
            .output();
    for (String name : new String(listed, StandardCharsets.ISO_8859_1).split("\0", -1)) {
      boolean isRepository = name.endsWith("/");
      TreePath.of(isRepository ? name.substring(0, name.length() - 1) : name)
          .ifPresent(path -> {
            Path file = path.in(root);
            if (isRepository || Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
              addRepository(path, file, files);
            } else {
              files.add(path);
            }
          });
    }
    return files;
  }

  /// The same of a work tree in it.
  Set<TreePath> filesOf(TreePath path, Path directory) {
    Set<TreePath> files = new HashSet<>();
    addRepository(path, directory, files);
    return files;
  }

  private void addRepository(TreePath path, Path directory, Set<TreePath> files) {
    if (isRepository(directory)) {
      LocalGit repository = new LocalGit(directory, true);
      inside.put(path, repository);
      repository.files().forEach(name -> files.add(path.child(name.bytes())));
    }
  }

  /// Which of these names git ignores, whether or not they exist here.
  ///
  /// @throws TransferException if git does not say
  public Set<TreePath> ignored(Map<TreePath, Seen> names) {
    StringBuilder own = new StringBuilder();
    Map<TreePath, Map<TreePath, Seen>> others = new HashMap<>();
    names.forEach((name, seen) -> {
      Optional<TreePath> repository = inside.keySet().stream().filter(name::isBelow).findFirst();
      if (repository.isPresent()) {
        String rest = name.bytes().substring(repository.get().bytes().length() + 1);
        others
            .computeIfAbsent(repository.get(), _ -> new HashMap<>())
            .put(new TreePath(rest), seen);
      } else if (isWorkTree && !inside.containsKey(name)) {
        own.append("./").append(name.bytes());
        own.append(seen.kind() == Kind.DIRECTORY ? "/\0" : "\0");
      }
    });
    Set<TreePath> ignored = new HashSet<>(ignoredHere(own.toString()));
    others.forEach((repository, theirs) ->
        Optional.ofNullable(inside.get(repository)).stream()
            .flatMap(git -> git.ignored(theirs).stream())
            .forEach(name -> ignored.add(repository.child(name.bytes()))));
    return ignored;
  }

  private Set<TreePath> ignoredHere(String names) {
    if (names.isEmpty()) {
      return Set.of();
    }
    Answer answer =
        run(List.of("check-ignore", "-z", "--stdin"), names.getBytes(StandardCharsets.ISO_8859_1));
    Set<TreePath> ignored = new HashSet<>();
    for (String line : new String(answer.output(), StandardCharsets.ISO_8859_1).split("\0", -1)) {
      String name = line.startsWith("./") ? line.substring(2) : line;
      TreePath.of(name.endsWith("/") ? name.substring(0, name.length() - 1) : name)
          .ifPresent(ignored::add);
    }
    return ignored;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Answer(byte[] output) {}

  /// A repository cannot make it start a program: it fetches nothing that is missing, and obeys no
  /// directory that only looks like a repository, which a host could have sent.
  private Answer run(List<String> arguments, byte[] input) {
    List<String> argv =
        new ArrayList<>(
            List.of(
                "git",
                "-c",
                "core.fsmonitor=false",
                "-c",
                "core.hooksPath=/dev/null",
                "-c",
                "safe.bareRepository=explicit"));
    argv.addAll(arguments);
    Command command =
        new Command(argv, Map.of(), Optional.of(root.toString()), new Stdin.Bytes(input));
    Collected collected = new Collected();
    Ended ended;
    try (LocalTransport here = new LocalTransport(environment())) {
      Outcome outcome = here.run(command, Limits.timeout(PATIENCE), collected);
      ended = outcome.ended();
    } catch (TransportException e) {
      throw unusable(String.valueOf(e.getMessage()));
    }
    if (ended instanceof Ended.Exited(int status)
        && (status == 0 || (status == NONE_IGNORED && arguments.contains("--stdin")))) {
      return new Answer(collected.stdout.toByteArray());
    }
    throw unusable(SafeText.said(collected.stderr.toString(StandardCharsets.UTF_8)));
  }

  private static Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    for (String name : List.of("PATH", "HOME", "XDG_CONFIG_HOME")) {
      Optional.ofNullable(System.getenv(name)).ifPresent(value -> environment.put(name, value));
    }
    environment.put("LC_ALL", "C");
    environment.put("GIT_OPTIONAL_LOCKS", "0");
    environment.put("GIT_NO_LAZY_FETCH", "1");
    environment.put("GIT_ALLOW_PROTOCOL", "none");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    return environment;
  }

  private TransferException unusable(String why) {
    return new TransferException(
        "git does not say which files of '" + root + "' it ignores: " + why,
        "Fix what git reports, or transfer a directory that is in no work tree.");
  }

  private static final class Collected implements Sink {
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    @Override
    public void stdout(ByteBuffer bytes) {
      append(stdout, bytes);
    }

    @Override
    public void stderr(ByteBuffer bytes) {
      append(stderr, bytes);
    }

    private static void append(ByteArrayOutputStream to, ByteBuffer bytes) {
      byte[] part = new byte[bytes.remaining()];
      bytes.get(part);
      to.writeBytes(part);
    }
  }
}
