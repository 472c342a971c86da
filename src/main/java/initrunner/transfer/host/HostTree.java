package initrunner.transfer.host;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.transport.Transport;
import initrunner.text.DurationText;
import initrunner.text.PackagedText;
import initrunner.text.SafeText;
import initrunner.transfer.tree.TransferException;
import initrunner.transfer.tree.TreePath;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// A tree on a host, reached by commands that every system has. Stateless; each method blocks for
/// the host, and an interrupt stops the command there.
public final class HostTree {

  private static final int MOST_ANSWER_BYTES = 512 << 20;
  private static final int MOST_COMPLAINT_BYTES = 4000;
  private static final int LOOKS = 3;

  /// Longer than a host takes for the digest of its largest file.
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private static final String ROOT = script("root.sh");
  private static final String DIGEST = script("digest.sh");
  private static final String STAGE = script("stage.sh");

  private final Transport transport;
  private final Optional<String> start;
  private final String root;
  private final Duration patience;

  /// The link broke, or the command was stopped: what was done there is not known.
  public static final class LostException extends Exception {

    private static final long serialVersionUID = 1L;

    public LostException(String message) {
      super(message);
    }
  }

  /// How a script of ours ended.
  ///
  /// @param complaint its error output, safe to show
  /// @param firstByte how long the first byte of the output took
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Answer(int status, byte[] output, String complaint, Duration firstByte) {}

  /// @param start the directory that a relative root is below; empty for the login directory
  /// @param root the directory; `~/` stands for the home directory
  public HostTree(Transport transport, Optional<String> start, String root) {
    this(transport, start, root, PATIENCE);
  }

  /// @param patience how long the host may be silent
  HostTree(Transport transport, Optional<String> start, String root, Duration patience) {
    this.patience = patience;
    this.transport = transport;
    this.start = start;
    this.root = root;
  }

  private static String script(String name) {
    return PackagedText.read(HostTree.class, name);
  }

  /// The root as the caller named it.
  public String root() {
    return root;
  }

  /// What is there.
  ///
  /// @param tops the names in the root that are looked at; empty for all
  /// @param leftOut patterns of names that are left out; one with a `/` is of a whole path
  /// @throws TransferException if the host cannot say it, or lists what is no tree
  public HostLook look(List<TreePath> tops, List<String> leftOut) throws LostException {
    List<String> arguments = new ArrayList<>();
    boolean sayable = tops.stream().allMatch(TreePath::isText);
    arguments.add(Integer.toString(sayable ? tops.size() : 0));
    if (sayable) {
      tops.forEach(top -> arguments.add(top.text()));
    }
    arguments.addAll(leftOut);
    String why = "";
    for (int left = LOOKS; left > 0; left--) {
      Answer answer = run("look.sh", arguments, Stdin.nothing());
      requireWell(answer);
      try {
        return HostLook.of(answer.output(), answer.firstByte());
      } catch (HostLook.UnreadableException e) {
        why = e.getMessage() + (answer.complaint().isEmpty() ? "" : ": " + answer.complaint());
      }
    }
    throw new TransferException(
        "'" + root + "' on the host cannot be listed: " + why,
        "Nothing was transferred. If files there may not be read, leave them out with --exclude.");
  }

  /// How long a byte takes there and back. Zero if the host does not say it.
  public Duration roundTrip() {
    try (RoundTrip roundTrip = new RoundTrip()) {
      streamScript(script("answer.sh"), List.of(), roundTrip.line(), roundTrip);
      return roundTrip.time().orElse(Duration.ZERO);
    }
  }

  /// The digests of files, in their order; empty for one that cannot be read.
  ///
  /// @param bytes about how many these files have
  public List<Optional<String>> digests(HostTools tools, Collection<TreePath> names, long bytes)
      throws LostException {
    if (names.isEmpty()) {
      return List.of();
    }
    Answer answer =
        run(
            DIGEST,
            "hash.sh",
            List.of(tools.hash(bytes), tools.hash()),
            new Stdin.Bytes(joined(names)));
    requireWell(answer);
    List<Optional<String>> digests =
        new String(answer.output(), StandardCharsets.ISO_8859_1)
            .lines()
            .map(HostTree::withoutMark)
            .map(line -> Optional.of(line).filter(digest -> !digest.equals("-")))
            .toList();
    if (digests.size() != names.size()) {
      throw new TransferException(
          "the host gives %d digests for %d files".formatted(digests.size(), names.size()),
          "Nothing was transferred. See what this prints there: sha256 of a file in " + root);
    }
    return digests;
  }

  /// Programs mark a line on which they write a name in another way.
  private static String withoutMark(String line) {
    return line.startsWith("\\") ? line.substring(1) : line;
  }

  /// Names as the scripts read them.
  public static byte[] joined(Collection<TreePath> names) {
    StringBuilder all = new StringBuilder();
    names.forEach(name -> all.append("./").append(name.bytes()).append('\0'));
    return all.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void requireWell(Answer answer) {
    if (answer.status() != 0) {
      throw failed(answer);
    }
  }

  /// A script that failed says why.
  public static TransferException failed(Answer answer) {
    String why = answer.complaint().replaceFirst("^initrunner: ", "");
    return new TransferException(
        why.isEmpty()
            ? answer.status() == 0
                ? "the host did not take all that was sent"
                : "the host's shell ended with status " + answer.status()
            : why,
        "Files that were not finished are as they were. Fix that on the host, and try again.");
  }

  /// Runs one of our scripts in the place where the root is named from.
  public Answer run(String name, List<String> arguments, Stdin stdin) throws LostException {
    return run("", name, arguments, stdin);
  }

  /// The same of one that works in a staging directory of ours.
  public Answer runInStage(String name, List<String> arguments, Stdin stdin) throws LostException {
    return run(STAGE, name, arguments, stdin);
  }

  private Answer run(String library, String name, List<String> arguments, Stdin stdin)
      throws LostException {
    Collected output = new Collected();
    Ended ended = streamScript(library + script(name), arguments, stdin, output);
    return switch (ended) {
      case Ended.Exited(int status) ->
          new Answer(
              status, output.stdout.toByteArray(), output.complaint(), output.untilFirstByte());
      case Ended.Signaled(String signal) -> throw new LostException("killed by SIG" + signal);
      case Ended.OutOfMemory _ -> throw new LostException("out of memory");
      case Ended.TimedOut _, Ended.Cancelled _ -> throw new LostException("stopped");
      case Ended.Lost(String reason) -> throw new LostException(reason);
    };
  }

  /// As [#run], with the output as it comes.
  public Ended stream(String name, List<String> arguments, Stdin stdin, Sink sink) {
    return streamScript(script(name), arguments, stdin, sink);
  }

  private Ended streamScript(String body, List<String> arguments, Stdin stdin, Sink sink) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", ROOT + body, "sh", root));
    argv.addAll(arguments);
    Command command =
        Command.of(argv.toArray(String[]::new)).withWorkingDirectory(start).withStdin(stdin);
    try (Silence silence = new Silence(patience)) {
      Outcome outcome =
          transport.run(
              command.withStdin(silence.heard(stdin)), Limits.unbounded(), silence.heard(sink));
      if (silence.isTooLong()) {
        boolean ignored = Thread.interrupted();
        throw new TransferException(
            "the host was silent for " + DurationText.seconds(patience) + " seconds",
            "Each file is whole, as before or as after. See what keeps the host busy.");
      }
      return outcome.ended();
    }
  }

  /// What a script prints, up to a bound.
  private static final class Collected implements Sink {
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final long begin = System.nanoTime();
    private long first = begin;

    @Override
    public void stdout(ByteBuffer bytes) {
      if (stdout.size() + bytes.remaining() > MOST_ANSWER_BYTES) {
        throw new TransferException(
            "the host's answer is longer than " + MOST_ANSWER_BYTES + " bytes",
            "Nothing was transferred. Do not trust this host.");
      }
      if (stdout.size() == 0) {
        first = System.nanoTime();
      }
      append(stdout, bytes);
    }

    @Override
    public void stderr(ByteBuffer bytes) {
      if (stderr.size() < MOST_COMPLAINT_BYTES) {
        append(stderr, bytes);
      }
    }

    private static void append(ByteArrayOutputStream to, ByteBuffer bytes) {
      byte[] part = new byte[bytes.remaining()];
      bytes.get(part);
      to.writeBytes(part);
    }

    Duration untilFirstByte() {
      return Duration.ofNanos(first - begin);
    }

    String complaint() {
      return SafeText.said(stderr.toString(StandardCharsets.UTF_8));
    }
  }
}
