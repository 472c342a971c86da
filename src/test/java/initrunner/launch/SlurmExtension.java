package initrunner.launch;

import initrunner.exec.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A real Slurm controller with two emulated nodes on free ports of this machine, as a static field
/// with `@RegisterExtension`. Its daemons run as root, by `sudo -n` where the tests do not, and end
/// when the last class is done or this process is gone.
public final class SlurmExtension implements BeforeAllCallback, AfterAllCallback {

  /// Whether the nodes hold jobs to memory and processors.
  public enum Limits {
    HELD,
    NOT_HELD
  }

  private final Limits limits;
  private List<String> entering = List.of();
  private Optional<Path> directory = Optional.empty();
  private Optional<Process> cluster = Optional.empty();
  private int classesUnderWay;

  public SlurmExtension(Limits limits) {
    this.limits = limits;
  }

  /// The cluster is in a network of its own.
  ///
  /// @param other what runs a program in that network
  public SlurmExtension within(List<String> other) {
    entering = other;
    return this;
  }

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

  /// Ends the cluster, and waits until nothing of it is left.
  public void stop() throws Exception {
    Process process = cluster.orElseThrow();
    process.getOutputStream().close();
    process.waitFor(60, TimeUnit.SECONDS);
  }

  /// Starts the cluster, outside of a test.
  public void start() throws IOException {
    directory = Optional.of(Files.createTempDirectory(Path.of("/tmp"), "irs"));
    Stream<String> ports =
        Stream.generate(FreePort::find).distinct().limit(3).map(port -> Integer.toString(port));
    List<String> words = new ArrayList<>(List.of(script(), "run", directory().toString()));
    ports.forEach(words::add);
    words.add(
        switch (limits) {
          case HELD -> "yes";
          case NOT_HELD -> "no";
        });
    Process process =
        new ProcessBuilder(inNetwork(asRoot(words))).redirectErrorStream(true).start();
    cluster = Optional.of(process);
    StringBuilder said = new StringBuilder();
    for (String line = process.inputReader().readLine();
        !"ready".equals(line);
        line = process.inputReader().readLine()) {
      if (line == null) {
        throw new IllegalStateException("the cluster did not start: " + said);
      }
      said.append(line).append('\n');
    }
  }

  private List<String> inNetwork(List<String> argv) {
    return Stream.concat(entering.stream(), argv.stream()).toList();
  }

  private Path directory() {
    return directory.orElseThrow(() -> new IllegalStateException("the cluster is not started"));
  }

  /// What a program of Slurm's has to be told where the cluster is.
  public Map<String, String> environment() {
    return Map.of("SLURM_CONF", directory().resolve("slurm.conf").toString());
  }

  /// Runs a program of Slurm's as the administrator and gives what it printed.
  public String administer(String... command) {
    List<String> words =
        new ArrayList<>(List.of("-c", "SLURM_CONF=" + environment().get("SLURM_CONF")));
    words.set(1, words.get(1) + " exec \"$@\"");
    words.add("sh");
    words.addAll(List.of(command));
    return runAsRoot(words);
  }

  private static String script() {
    try {
      var url = SlurmExtension.class.getResource("/slurm-cluster.sh");
      if (url == null) {
        throw new IllegalStateException("slurm-cluster.sh is not on the class path");
      }
      return Path.of(url.toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> asRoot(List<String> shellArguments) {
    List<String> argv = new ArrayList<>();
    if (!System.getProperty("user.name").equals("root")) {
      argv.addAll(List.of("sudo", "-n"));
    }
    argv.add("sh");
    argv.addAll(shellArguments);
    return argv;
  }

  private static String runAsRoot(List<String> shellArguments) {
    List<String> argv = asRoot(shellArguments);
    try {
      Path output = Files.createTempFile("slurm", ".txt");
      Process process =
          new ProcessBuilder(argv)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      int status = process.waitFor();
      String text = Files.readString(output);
      Files.delete(output);
      if (status != 0) {
        throw new IllegalStateException(
            String.join(" ", argv) + " ended with status " + status + ": " + text);
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
