package initrunner.launch.docker;

import initrunner.exec.Command;
import initrunner.launch.LauncherUnavailableException;
import initrunner.launch.Leftovers;
import initrunner.launch.Owner;
import initrunner.launch.Probe;
import initrunner.launch.ShellScript;
import initrunner.text.SafeText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Asks a host whether containers can start there. Immutable; each question blocks.
final class DockerProbe {

  private static final Logger LOG = System.getLogger(DockerProbe.class.getName());

  private static final Duration BOUND = Duration.ofSeconds(15);
  private static final Duration PULL_BOUND = Duration.ofMinutes(5);
  private static final int TIME_UP = 124;
  private static final int NOT_FOUND = 127;

  private static final ShellScript FIND = ShellScript.packaged("sh", DockerProbe.class, "find.sh");

  private static final ShellScript LEFT =
      new ShellScript(
          "\"$1\" ps --all --filter label="
              + DockerLauncher.MANAGED
              + "=true --format \"$2\" | head -n 80");

  private static final Pattern LEFT_LINE = Pattern.compile("(initrunner-[0-9a-f]+) ([0-9a-f.-]+)");
  private static final Pattern SOCKET = Pattern.compile("unix://(/[^\\s:]+)");

  private static final String HARDENED_REMEDY =
      "Install it and register it with the engine (gVisor: runsc install; Kata Containers: its"
          + " manual), then restart the engine; or take docker.runtime out of the role.";

  private final Probe probe;

  DockerProbe(Probe probe) {
    this.probe = probe;
  }

  static LauncherUnavailableException unavailable(String reason, String remedy) {
    return new LauncherUnavailableException(
        "Sandbox backend 'docker' unavailable: " + reason, remedy);
  }

  private Probe.Answer ask(Duration bound, String... words) {
    return probe.ask(Command.of(words), bound);
  }

  /// The engine, after a check that it answers and knows the runtime.
  DockerEngine engine(Optional<String> runtime) {
    Probe.Answer found = probe.ask(FIND.command(), BOUND);
    List<String> lines = found.stdout().lines().toList();
    if (found.status() != 0 && found.status() != NOT_FOUND) {
      throw unavailable(
          "no command can be run there" + found.because(),
          "Check that the directory exists there and sh works.");
    }
    if (lines.size() != 4) {
      throw unavailable(
          "neither docker nor podman is on PATH there",
          "Install one: apt install docker.io or podman (Debian, Ubuntu), dnf install podman"
              + " (Fedora).");
    }
    String program = lines.get(0);
    String account = lines.get(2) + ":" + lines.get(3);
    return lines.get(1).toLowerCase(Locale.ROOT).contains("podman")
        ? podman(program, account, runtime)
        : docker(program, account, runtime);
  }

  private DockerEngine docker(String program, String account, Optional<String> runtime) {
    String format = "{{.ServerVersion}}\n{{json .Runtimes}}\n{{json .SecurityOptions}}";
    Probe.Answer info = ask(BOUND, program, "info", "--format", format);
    List<String> lines = info.stdout().lines().toList();
    if (info.status() != 0 || lines.size() < 3 || lines.getFirst().isBlank()) {
      throw unreachable(plainly(program, info));
    }
    requireRegistered(runtime, name -> lines.get(1).contains("\"" + name + "\":"));
    boolean isRootless = lines.get(2).contains("name=rootless");
    return new DockerEngine(
        program, DockerEngine.Brand.DOCKER, isRootless ? List.of() : List.of("--user", account));
  }

  private DockerEngine podman(String program, String account, Optional<String> runtime) {
    Probe.Answer info = ask(BOUND, program, "info", "--format", "{{.Host.Security.Rootless}}");
    if (info.status() != 0) {
      throw unavailable(
          "podman does not work there" + info.because(), "See what it says by hand: podman info");
    }
    requireRegistered(
        runtime, name -> ask(BOUND, "sh", "-c", "command -v \"$1\"", "sh", name).status() == 0);
    return new DockerEngine(
        program,
        DockerEngine.Brand.PODMAN,
        info.stdout().strip().equals("true")
            ? List.of("--userns", "keep-id")
            : List.of("--user", account));
  }

  private static void requireRegistered(Optional<String> runtime, Predicate<String> isKnown) {
    runtime
        .filter(isKnown.negate())
        .ifPresent(name -> {
          throw unavailable("runtime '" + name + "' is not registered there", HARDENED_REMEDY);
        });
  }

  /// If a client of Docker 20.10 reaches no engine, it complains about the template; asked for the
  /// version alone, it says why.
  private Probe.Answer plainly(String program, Probe.Answer info) {
    if (info.status() == TIME_UP) {
      return info;
    }
    Probe.Answer version = ask(BOUND, program, "version", "--format", "{{.Server.Version}}");
    return version.status() == 0 ? info : version;
  }

  private LauncherUnavailableException unreachable(Probe.Answer info) {
    if (info.status() == TIME_UP) {
      return unavailable(
          "the Docker daemon did not answer within " + BOUND.toSeconds() + " s",
          remedy("See what it does: docker info; journalctl -u docker"));
    }
    String text = info.said();
    if (text.contains("permission denied")) {
      Matcher socket = SOCKET.matcher(text);
      String path = socket.find() ? socket.group(1) : "/var/run/docker.sock";
      String group = SafeText.said(ask(BOUND, "stat", "-c", "%G", path).stdout().strip());
      return unavailable(
          "permission denied on the Docker daemon's socket " + path,
          "Only its group"
              + (group.isEmpty() ? "" : " '" + group + "'")
              + " may use it: sudo usermod -aG "
              + (group.isEmpty() ? "docker" : group)
              + " \"$USER\", then log in again. An account in that group can become root there.");
    }
    if (text.contains("Cannot connect") || text.contains("failed to connect")) {
      return unavailable(
          "the Docker daemon is not running: " + text,
          remedy(
              isUsualAddress(text)
                  ? "Start it: sudo systemctl start docker. If it runs elsewhere, set DOCKER_HOST."
                  : "The client's context says that address: start the engine there, or choose"
                      + " another one: docker context ls"));
    }
    return unavailable(
        "docker info failed: " + text, remedy("See what it says by hand: docker info"));
  }

  private static boolean isUsualAddress(String said) {
    return !said.contains("://")
        || saysAny(said, "unix:///var/run/docker.sock", "unix:///run/docker.sock");
  }

  /// If the variable is set, its address is the first suspect.
  private String remedy(String otherwise) {
    String address = SafeText.said(ask(BOUND, "printenv", "DOCKER_HOST").stdout());
    if (address.isEmpty()) {
      return otherwise;
    }
    String start =
        address.contains("/run/user/") ? " (start it: systemctl --user start docker)" : "";
    return "DOCKER_HOST is '"
        + address
        + "' there: see that an engine answers at that address"
        + start
        + ", or unset the variable.";
  }

  /// Ends the containers of owners that are gone.
  void endLeftovers(DockerEngine engine) {
    String label =
        switch (engine.brand()) {
          case DOCKER -> ".Label";
          case PODMAN -> "index .Labels";
        };
    String format = "{{.Names}} {{" + label + " \"" + DockerLauncher.OWNER + "\"}}";
    Leftovers.end(
        "containers",
        LEFT.command(engine.program(), format),
        line ->
            Optional.of(LEFT_LINE.matcher(line))
                .filter(left -> left.matches() && new Owner(left.group(2)).isGone())
                .map(left -> left.group(1)),
        names -> {
          List<String> argv =
              new ArrayList<>(List.of(engine.program(), "rm", "--force", "--volumes"));
          argv.addAll(names);
          return List.of(Command.of(engine.program()).withArgv(argv));
        },
        probe);
  }

  /// Fetches the image if the host does not have it.
  void requireImage(DockerEngine engine, String image) {
    if (ask(BOUND, engine.program(), "image", "inspect", image).status() == 0) {
      return;
    }
    LOG.log(Level.INFO, "Fetching the image {0}, for at most {1} s", image, PULL_BOUND.toSeconds());
    Probe.Answer pulled = ask(PULL_BOUND, engine.program(), "pull", "--quiet", image);
    if (pulled.status() != 0) {
      throw notPulled(engine, image, pulled);
    }
  }

  private static LauncherUnavailableException notPulled(
      DockerEngine engine, String image, Probe.Answer pulled) {
    String what = "image '" + image + "' ";
    String byHand = engine.name() + " pull " + image;
    if (pulled.status() == TIME_UP) {
      return unavailable(
          what + "could not be fetched within " + PULL_BOUND.toSeconds() + " s",
          "Fetch it by hand, which may take as long as it needs: " + byHand);
    }
    String text = pulled.said();
    if (saysAny(
        text, "pull access denied", "unauthorized", "denied: ", "authentication required")) {
      return unavailable(
          what + "is private, or there is none of that name: " + text,
          "Check the name; if it is private, log in there: " + engine.name() + " login");
    }
    if (saysAny(
        text, "manifest unknown", "manifest for", "not found", "repository does not exist")) {
      return unavailable(what + "has no such tag or name: " + text, "Check docker.image.");
    }
    if (saysAny(
        text, "no such host", "dial tcp", "timeout", "network is unreachable", "TLS handshake")) {
      return unavailable(
          what + "is not there, and its registry is out of reach: " + text,
          "Bring it there from a machine that has it: docker save -o image.tar "
              + image
              + ", then "
              + engine.name()
              + " load -i image.tar; or give the engine a way out.");
    }
    return unavailable(what + "could not be fetched: " + text, "Try by hand: " + byHand);
  }

  private static boolean saysAny(String text, String... words) {
    return Stream.of(words).anyMatch(text::contains);
  }
}
