package initrunner.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A real `dockerd` with a socket, data and cgroups of its own, as a static field with
/// `@RegisterExtension`. It knows one image, [#IMAGE], which is made of this machine's busybox; no
/// network is asked for anything. Its data are in memory, where no other test's writing delays it.
/// All of it goes when the last class is done or this process is gone. Needs root, or `sudo` that
/// does not ask.
public final class DockerExtension implements BeforeAllCallback, AfterAllCallback {

  /// Busybox and nothing else.
  public static final String IMAGE = "bb:1";

  private static final String MAKE_IMAGE =
      """
      set -e
      cd "$1"
      mkdir -p bb/bin bb/tmp bb/proc bb/sys bb/dev bb/etc
      cp "$(command -v busybox)" bb/bin/busybox
      for name in $(bb/bin/busybox --list); do
        [ "$name" = busybox ] || ln -s busybox "bb/bin/$name"
      done
      tar -C bb -c . | docker -H "$2" import - bb:1
      """;

  /// The engine, until the process that started this closes its input or ends, even by a kill.
  /// Nothing may stay: mounts and network namespaces of containers, and their cgroups. The
  /// arguments are the directory, the name of the cgroups, and the engine's command line.
  private static final String RUN =
      """
      at=$1 group=$2
      shift 2
      trap : INT HUP TERM
      mkdir "$at/data"
      mount -t tmpfs initrunner-test "$at/data" || exit 1
      "$@" </dev/null >"$at/log" 2>&1 &
      read -r _
      kill $!
      wait
      grep -o " $at/[^ ]*" /proc/mounts | sort -r | xargs -r umount -l
      find /sys/fs/cgroup -depth -type d -path "*/$group*" -exec rmdir {} + 2>/dev/null
      rm -rf "$at"
      """;

  private final Path directory;
  private final String group;
  private Optional<Process> daemon = Optional.empty();

  /// Nested classes come here too.
  private int classesUnderWay;

  public DockerExtension() {
    try {
      directory = Files.createTempDirectory(Path.of("/tmp"), "ird-");
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // In a namespace of processes, those of another test have the same ids.
    group = "initrunner-test-" + directory.getFileName();
  }

  /// What `DOCKER_HOST` is to be. Known before the engine runs.
  public String host() {
    return "unix://" + directory.resolve("docker.sock");
  }

  /// Of a container, in what the engine says of it.
  private static final Pattern NAMES = Pattern.compile("\"Names\":\\[\"/([^\"]+)\"");

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    if (classesUnderWay++ == 0) {
      start();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (--classesUnderWay == 0) {
      stop();
    }
  }

  /// Starts the engine and makes the image, outside of a test.
  public void start() throws Exception {
    startEngine();
    run("sh", "-c", MAKE_IMAGE, "sh", directory.toString(), host());
  }

  /// Ends it, and waits until nothing of it is left.
  public void stop() throws Exception {
    daemon.orElseThrow().getOutputStream().close();
    daemon.orElseThrow().waitFor(30, TimeUnit.SECONDS);
  }

  /// Names of the containers that there are, running or not: asked without the client, which takes
  /// a tenth of a second to start.
  public List<String> containers() throws Exception {
    ByteBuffer question =
        StandardCharsets.US_ASCII.encode("GET /containers/json?all=1 HTTP/1.0\r\n\r\n");
    try (SocketChannel engine = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      engine.connect(UnixDomainSocketAddress.of(host().substring("unix://".length())));
      engine.write(question);
      String answer =
          new String(Channels.newInputStream(engine).readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.0 200");
      return NAMES.matcher(answer).results().map(found -> found.group(1)).toList();
    }
  }

  /// What the engine's client prints.
  public String docker(String... arguments) throws Exception {
    return run(
        Stream.concat(Stream.of("docker", "-H", host()), Stream.of(arguments))
            .toArray(String[]::new));
  }

  /// Makes an image like [#IMAGE] with one more instruction, and gives its name.
  public String imageWith(String name, String instruction) throws Exception {
    String image = "bb:" + name;
    docker("create", "--name=" + name, IMAGE, "true");
    docker("commit", "--change=" + instruction, name, image);
    docker("rm", name);
    return image;
  }

  private void startEngine() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            asRoot(
                "sh",
                "-c",
                RUN,
                "sh",
                directory.toString(),
                group,
                "dockerd",
                "--iptables=false",
                "--ip6tables=false",
                "--bridge=none",
                "--exec-opt=native.cgroupdriver=cgroupfs",
                "--cgroup-parent=" + group,
                "--containerd-namespace=" + group,
                "--containerd-plugins-namespace=" + group + "-plugins",
                "--data-root=" + directory.resolve("data"),
                "--exec-root=" + directory.resolve("exec"),
                "--pidfile=" + directory.resolve("pid"),
                "--group=" + run("id", "-gn").strip(),
                "--host=" + host()));
    builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
    Process process = builder.redirectErrorStream(true).start();
    daemon = Optional.of(process);
    for (int attempt = 0; attempt < 300 && process.isAlive(); attempt++) {
      if (Files.exists(directory.resolve("docker.sock"))
          && new ProcessBuilder("docker", "-H", host(), "version")
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                  .start()
                  .waitFor()
              == 0) {
        return;
      }
      Thread.sleep(50);
    }
    throw new IllegalStateException(
        "dockerd did not start: " + Files.readString(directory.resolve("log")));
  }

  private static String[] asRoot(String... command) {
    boolean isRoot = System.getProperty("user.name").equals("root");
    Stream<String> before = isRoot ? Stream.empty() : Stream.of("sudo", "-n");
    return Stream.concat(before, Stream.of(command)).toArray(String[]::new);
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + output);
    }
    return output;
  }
}
