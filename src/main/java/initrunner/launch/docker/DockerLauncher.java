package initrunner.launch.docker;

import initrunner.exec.Command;
import initrunner.exec.Stdin;
import initrunner.launch.Containment;
import initrunner.launch.Cover;
import initrunner.launch.Launch;
import initrunner.launch.Launcher;
import initrunner.launch.Mount;
import initrunner.launch.MountProbe;
import initrunner.launch.ObeyedVariables;
import initrunner.launch.Owner;
import initrunner.launch.Probe;
import initrunner.launch.Trailer;
import initrunner.text.PackagedText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Starts each command in a container of its own, by Docker or Podman, with the directory it starts
/// in as `/work`. The engine's client runs where the transport leads to; one shell script around it
/// says how the command ended and leaves no container behind.
public final class DockerLauncher implements Launcher {

  static final String MANAGED = "initrunner.managed";
  static final String OWNER = "initrunner.owner";

  private static final String SCRIPT = PackagedText.read(DockerLauncher.class, "docker.sh");
  private static final String SCRIPT_NAME = "initrunner-docker";

  private final Containment containment;
  private final DockerOptions options;
  private final DockerEngine engine;
  private final Optional<Owner> owner;
  private final List<Cover> covers;

  DockerLauncher(
      Containment containment, DockerOptions options, DockerEngine engine, Optional<Owner> owner) {
    this.containment = containment;
    this.options = options;
    this.engine = engine;
    this.owner = owner;
    this.covers = List.of();
  }

  private DockerLauncher(DockerLauncher other, List<Cover> covers) {
    this.containment = other.containment;
    this.options = other.options;
    this.engine = other.engine;
    this.owner = other.owner;
    this.covers = List.copyOf(covers);
  }

  @Override
  public DockerLauncher covering(List<Cover> others) {
    return new DockerLauncher(this, others);
  }

  /// Makes sure that containers can be started at a place as they are wanted: the engine answers,
  /// the image is there or is fetched, what is to be mounted is there, and the limits hold as read
  /// back inside of a container. Ends containers that outlived the process that had them started.
  /// Blocks while the place is asked, up to five minutes where the image must be fetched.
  ///
  /// @throws LauncherUnavailableException if they cannot, with what is in the way
  /// @throws TransportException if the place cannot be asked
  public static DockerLauncher prepare(
      Containment containment, DockerOptions options, Probe probe) {
    DockerProbe place = new DockerProbe(probe);
    DockerEngine engine = place.engine(options);
    Containment resolved =
        containment.withMounts(
            MountProbe.require(containment.mounts(), probe, DockerProbe::unavailable));
    resolved.mounts().forEach(DockerLauncher::requireNoColon);
    place.sweep(engine);
    place.requireImage(engine, options.image());
    new DockerLimits(engine, resolved.limits(), options, probe).require(resolved);
    return new DockerLauncher(resolved, options, engine, Owner.current());
  }

  private static void requireNoColon(Mount mount) {
    for (String path : List.of(mount.source(), mount.target())) {
      if (path.indexOf(':') >= 0) {
        throw DockerProbe.unavailable(
            "a path with a colon cannot be mounted: " + path, "Give it a name without one.");
      }
    }
  }

  @Override
  public Launch launch(Command command, String callId) {
    Trailer trailer = Trailer.of(callId);
    List<String> argv = scripted("run", callId);
    argv.add(trailer.mark());
    argv.addAll(List.of("--init", "--pull", "never", "--log-driver", "none"));
    options.runtime().ifPresent(runtime -> argv.addAll(List.of("--runtime", runtime)));
    argv.addAll(List.of("--name", nameOf(callId), "--label", MANAGED + "=true"));
    owner.ifPresent(process -> argv.addAll(List.of("--label", OWNER + "=" + process.text())));
    argv.addAll(containmentOptions());
    argv.addAll(List.of("-w", "/work"));
    variables(command).forEach(variable -> argv.addAll(List.of("-e", variable)));
    if (!(command.stdin() instanceof Stdin.Nothing)) {
      argv.add("-i");
    }
    argv.addAll(options.extraArguments());
    argv.add(options.image());
    argv.addAll(command.argv());
    return new Launch(
        command.withArgv(argv).withEnvironment(ObeyedVariables.without(command.environment())),
        Optional.of(Command.of("sh").withArgv(scripted("stop", callId))),
        Optional.of(trailer));
  }

  private static String nameOf(String callId) {
    return "initrunner-" + callId;
  }

  private List<String> scripted(String does, String callId) {
    return new ArrayList<>(
        List.of("sh", "-c", SCRIPT, SCRIPT_NAME, does, engine.program(), nameOf(callId)));
  }

  private List<String> containmentOptions() {
    List<String> words = new ArrayList<>();
    words.addAll(
        List.of(
            "--network",
            switch (containment.network()) {
              case NONE -> "none";
              case BRIDGE -> "bridge";
              case HOST -> "host";
            }));
    String memory = Long.toString(containment.limits().memoryBytes());
    words.addAll(List.of("-m", memory, "--memory-swap", memory));
    words.addAll(List.of("--cpus", decimal(containment.limits().cpus())));
    if (options.root() == Mount.Access.READ_ONLY) {
      words.add("--read-only");
      if (containment.mounts().stream().noneMatch(mount -> mount.target().equals("/tmp"))) {
        words.addAll(List.of("--tmpfs", "/tmp:rw,noexec,nosuid,size=64m"));
      }
    }
    words.addAll(List.of("--pids-limit", Integer.toString(containment.limits().processes())));
    // A device that root in a container makes in what is mounted would be one of the place's.
    words.addAll(List.of("--cap-drop", "MKNOD"));
    containment
        .limits()
        .fileKibibytes()
        .ifPresent(kibibytes -> words.addAll(List.of("--ulimit", "fsize=" + 1024 * kibibytes)));
    options
        .user()
        .ifPresent(user ->
            words.addAll(
                user.equals(DockerOptions.AUTO) ? engine.asAccount() : List.of("--user", user)));
    containment.mounts().stream().flatMap(DockerLauncher::bind).forEach(words::add);
    covers.stream().flatMap(DockerLauncher::words).forEach(words::add);
    return words;
  }

  private static String decimal(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  /// A source that is not there any more is an error with this option, and a new directory with the
  /// shorter one.
  private static Stream<String> bind(Mount mount) {
    String bind =
        "type=bind," + field("source", mount.source()) + "," + field("target", mount.target());
    return Stream.of(
        "--mount",
        switch (mount.access()) {
          case READ_ONLY -> bind + ",readonly";
          case READ_WRITE -> bind;
        });
  }

  private static Stream<String> words(Cover cover) {
    return switch (cover) {
      case Cover.Itself(Mount mount) -> bind(mount);
      case Cover.EmptyFile(String target) ->
          bind(new Mount("/dev/null", target, Mount.Access.READ_ONLY));
      case Cover.EmptyDirectory(String target) -> Stream.of("--tmpfs", target + ":ro");
    };
  }

  /// As RFC 4180 has it.
  private static String field(String key, String value) {
    String field = key + "=" + value;
    return value.indexOf(',') < 0 && value.indexOf('"') < 0
        ? field
        : "\"" + field.replace("\"", "\"\"") + "\"";
  }

  /// By name alone, so that no value stands in the client's arguments; what the client would obey
  /// itself comes with its value and is kept from it.
  private Stream<String> variables(Command command) {
    Stream<String> own =
        command.environment().entrySet().stream()
            .map(variable ->
                ObeyedVariables.isObeyed(variable.getKey())
                    ? variable.getKey() + "=" + variable.getValue()
                    : variable.getKey());
    Stream<String> passedOn =
        options.passedOn().stream()
            .map(name ->
                containment.variables().containsKey(name)
                    ? name + "=" + containment.variables().get(name)
                    : name);
    return Stream.of(passedOn, own, command.secrets().names().stream())
        .flatMap(names -> names)
        .distinct();
  }

  @Override
  public String name() {
    return "docker";
  }

  @Override
  public Optional<List<Mount>> mounts() {
    return Optional.of(containment.mounts());
  }
}
