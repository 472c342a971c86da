package initrunner.runtime.terminals;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import initrunner.text.OwnersFile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/// The sockets by which persons find open terminals and attach to them: one for each terminal,
/// named by its id, in a directory that only the account itself may use.
public final class AttachSocket {

  private static final Pattern ID = Pattern.compile("t[0-9a-f]{4}");
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private AttachSocket() {}

  /// Lets persons attach to a terminal until it is closed. A failure to make the socket is only
  /// logged: the terminal works without it.
  static void open(Path directory, HeldTerminal terminal, TerminalCalls.Place place) {
    Path path = directory.resolve(terminal.id());
    try {
      makeOwn(directory);
      ServerSocketChannel server = bound(path);
      terminal.afterwards(() -> close(server, path));
      Thread.ofVirtual()
          .name("initrunner-attach-" + terminal.id())
          .start(() -> accept(server, terminal, place));
    } catch (IOException | UnsupportedOperationException e) {
      log("No person can attach to " + terminal.id(), e);
    }
  }

  private static ServerSocketChannel bound(Path path) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      return server.bind(UnixDomainSocketAddress.of(path));
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static void makeOwn(Path directory) throws IOException {
    OwnersFile.createDirectories(directory);
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(directory + " is no directory of its own");
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
  }

  private static void accept(
      ServerSocketChannel server, HeldTerminal terminal, TerminalCalls.Place place) {
    try (server) {
      while (true) {
        SocketChannel channel = server.accept();
        Thread.ofVirtual()
            .name("initrunner-attached-" + terminal.id())
            .start(() -> new AttachedPerson(terminal, place, channel, name(channel)).serve());
      }
    } catch (ClosedChannelException closed) {
      // The terminal is over.
    } catch (IOException e) {
      log("No further person can attach to " + terminal.id(), e);
    }
  }

  /// The account that is at the other end.
  private static String name(SocketChannel channel) {
    try {
      UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
      return peer.user().getName();
    } catch (IOException | UnsupportedOperationException unknown) {
      return "a person";
    }
  }

  private static void close(ServerSocketChannel server, Path path) {
    try (server) {
      delete(path);
    } catch (IOException e) {
      log("A terminal's socket is closed already", e);
    }
  }

  /// A terminal that a person can attach to.
  ///
  /// @param agent its name, a slash, and the run that opened it
  /// @param holder who has taken it over
  public record Found(
      SocketChannel channel,
      String id,
      String command,
      String host,
      String agent,
      Optional<String> holder)
      implements AutoCloseable {

    @Override
    public void close() throws IOException {
      channel.close();
    }

    private void leave() {
      AttachSocket.close(channel);
    }
  }

  /// The open terminals of all processes of this account. Sockets that no process serves any more
  /// are removed, and those of a process that does not answer are left out. Blocks for the first
  /// answers, two seconds at most.
  public static List<Found> found(Path directory) {
    List<CompletableFuture<Optional<Found>>> asked = new ArrayList<>();
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory, "t*")) {
      for (Path path : paths) {
        if (ID.matcher(String.valueOf(path.getFileName())).matches()) {
          asked.add(connected(path));
        }
      }
    } catch (IOException unreadable) {
      log("The directory of terminals cannot be read", unreadable);
    }
    return asked.stream().flatMap(each -> answer(each).stream()).toList();
  }

  private static Optional<Found> answer(CompletableFuture<Optional<Found>> asked) {
    return asked.completeOnTimeout(Optional.empty(), PATIENCE.toMillis(), MILLISECONDS).join();
  }

  private static CompletableFuture<Optional<Found>> connected(Path path) {
    CompletableFuture<Optional<Found>> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("initrunner-attach")
        .start(() -> {
          Optional<Found> found = greeted(path);
          if (!answer.complete(found)) {
            found.ifPresent(Found::leave);
          }
        });
    return answer;
  }

  private static Optional<Found> greeted(Path path) {
    SocketChannel channel;
    try {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
    } catch (ConnectException unserved) {
      delete(path);
      return Optional.empty();
    } catch (IOException e) {
      log("A terminal's socket cannot be used", e);
      return Optional.empty();
    }
    Optional<Found> found = Optional.empty();
    try {
      found =
          AttachFrame.receive(channel)
              .map(AttachFrame::text)
              .map(text -> text.split("\n", -1))
              .filter(lines -> lines.length == 5)
              .map(lines ->
                  new Found(
                      channel,
                      lines[0],
                      lines[1],
                      lines[2],
                      lines[3],
                      Optional.of(lines[4]).filter(name -> !name.isEmpty())));
    } catch (IOException gone) {
      log("A terminal's process has gone", gone);
    }
    if (found.isEmpty()) {
      close(channel);
    }
    return found;
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      log("A terminal's socket is closed already", e);
    }
  }

  private static void delete(Path path) {
    try {
      // Neither a file nor a directory nor a link.
      if (Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isOther()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      log("A terminal's socket stays", e);
    }
  }

  private static void log(String what, Exception e) {
    System.getLogger(AttachSocket.class.getName()).log(Level.DEBUG, what, e);
  }
}
