package initrunner.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A jump host, and hosts behind it that no other way leads to: a real `sshd` in each of several
/// network namespaces. Needs root and user namespaces, and no right over the network of this
/// machine.
public final class NetworkLab implements AutoCloseable {

  /// The alias of the jump host.
  public static final String JUMP_HOST = "jump";

  private final List<String> names;
  private final Process networks;

  /// The jump host's, and that of each name.
  private final List<String> processes;

  private final Map<String, SshdExtension> servers = new LinkedHashMap<>();

  private NetworkLab(List<String> names) throws IOException {
    this.names = names;
    this.networks =
        new ProcessBuilder(
                "unshare",
                "--user",
                "--map-root-user",
                "--net",
                "sh",
                script(),
                Integer.toString(names.size()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String ready = networks.inputReader().readLine();
    if (ready == null) {
      throw new IllegalStateException("the networks were not made: see standard error");
    }
    this.processes = List.of(ready.split(" ", -1));
    serve(JUMP_HOST, new SshdExtension(), "127.0.0.1", processes.getFirst());
  }

  /// The networks, and the `sshd` of the jump host.
  ///
  /// @param names of the hosts behind it
  public static NetworkLab of(String... names) throws IOException {
    return new NetworkLab(List.of(names));
  }

  private static String script() {
    try {
      return Path.of(
              Objects.requireNonNull(NetworkLab.class.getResource("/network-lab.sh")).toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Starts the `sshd` of a host.
  public void serve(String name, SshdExtension sshd) {
    serve(name, sshd, address(name), process(name));
  }

  private void serve(String name, SshdExtension sshd, String address, String process) {
    servers.put(name, sshd);
    sshd.at(address, entering(process)).prepareAndStart();
  }

  private String process(String name) {
    return processes.get(number(name));
  }

  /// Counted from one.
  private int number(String name) {
    return names.indexOf(name) + 1;
  }

  private String address(String name) {
    return "10.99." + number(name) + ".2";
  }

  private static List<String> entering(String process) {
    return List.of("nsenter", "--net=/proc/" + process + "/ns/net");
  }

  /// What runs a program in the network of a host.
  public List<String> enteringNetworkOf(String name) {
    return entering(process(name));
  }

  public SshdExtension server(String name) {
    return Objects.requireNonNull(servers.get(name));
  }

  /// Writes a configuration in which each name is its host, behind the jump host.
  ///
  /// @param options for each host but the jump host
  public Path writeConfiguration(Path file, String... options) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, SshdExtension> each : servers.entrySet()) {
      for (String line : Files.readAllLines(each.getValue().configFile())) {
        lines.add(line.equals("Host " + SshdExtension.HOST) ? "Host " + each.getKey() : line);
      }
      if (each.getKey().equals(JUMP_HOST)) {
        lines.add(
            "  ProxyCommand "
                + String.join(" ", entering(process(JUMP_HOST)))
                + " busybox nc %h %p");
      } else {
        lines.add("  ProxyJump " + JUMP_HOST);
        Stream.of(options).map(option -> "  " + option).forEach(lines::add);
      }
    }
    return Files.write(file, lines);
  }

  /// Takes the link between the jump host and a host away; no end of a connection is told.
  public void cut(String name) {
    link(name, "down");
  }

  /// Gives the link back.
  public void mend(String name) {
    link(name, "up");
  }

  private void link(String name, String state) {
    List<String> argv = new ArrayList<>(entering(process(JUMP_HOST)));
    argv.addAll(List.of("ip", "link", "set", "link" + number(name), state));
    try {
      int status = new ProcessBuilder(argv).inheritIO().start().waitFor();
      if (status != 0) {
        throw new IllegalStateException(String.join(" ", argv) + " exited " + status);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// Ends all servers and networks.
  @Override
  public void close() {
    servers.values().forEach(SshdExtension::stopAndDelete);
    try {
      networks.getOutputStream().close();
      networks.waitFor(10, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
