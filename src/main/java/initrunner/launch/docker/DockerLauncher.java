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
import initrunner.launch.ShellScript;
import initrunner.launch.Trailer;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Starts each command in its own container, by Docker or Podman, with its start directory as
/// `/work`. The engine's client runs on the host; a shell script around it reports how the command
/// ended and removes the container.
public final class DockerLauncher implements Launcher {

  static final String MANAGED = "initrunner.managed";
  static final String OWNER = "initrunner.owner";

  private static final ShellScript SCRIPT =
      ShellScript.packaged("initrunner-docker", DockerLauncher.class, "docker.sh");

  /// The engine's client holds the keys back that detach it, until it knows that more than the
  /// first of them came: these are hardly typed.
  private static final List<String> ON_TERMINAL =
      List.of("-i", "-t", "-e", "TERM", "--detach-keys", "ctrl-^,ctrl-@,ctrl-^,ctrl-@");

  private final Containment containment;
  private final DockerOptions options;
  private final DockerEngine engine;
  private final Optional<Owner> owner;

  DockerLauncher(
      Containment containment, DockerOptions options, DockerEngine engine, Optional<Owner> owner) {
    this.containment = containment;
    this.options = options;
    this.engine = engine;
    this.owner = owner;
  }

  @Override
  public DockerLauncher covering(List<Cover> covers) {
    return new DockerLauncher(containment.withCovers(covers), options, engine, owner);
  }

  @Override
  public DockerLauncher lasting() {
    return new DockerLauncher(containment, options, engine, Optional.empty());
  }

  /// Checks that the host can start such containers: the engine answers, all mounts exist, the
  /// image is there or can be fetched, and a container reads its limits back. Ends the containers
  /// of owners that are gone. Blocks while it asks the host, and up to five minutes while it
  /// fetches the image.
  ///
  /// @throws LauncherUnavailableException if the host cannot, with the reason
  /// @throws TransportException if the host cannot be asked
  public static DockerLauncher prepare(
      Containment containment, DockerOptions options, Probe probe) {
    DockerProbe host = new DockerProbe(probe);
    DockerEngine engine = host.engine(options.runtime());
    Containment resolved =
        containment.withMounts(
            MountProbe.require(containment.mounts(), probe, DockerProbe::unavailable));
    resolved.mounts().forEach(DockerLauncher::requireNoColon);
    host.endLeftovers(engine);
    host.requireImage(engine, options.image());
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
    Trailer trailer = Trailer.of(callId, command.stdin());
    String name = "initrunner-" + callId;
    List<String> argv = SCRIPT.argv(List.of("run", engine.program(), name, trailer.format()));
    argv.addAll(List.of("--init", "--pull", "never", "--log-driver", "none"));
    options.runtime().ifPresent(runtime -> argv.addAll(List.of("--runtime", runtime)));
    argv.addAll(List.of("--name", name, "--label", MANAGED + "=true"));
    owner.ifPresent(process -> argv.addAll(List.of("--label", OWNER + "=" + process.text())));
    argv.addAll(containmentOptions());
    argv.addAll(List.of("-w", "/work"));
    variables(command).forEach(variable -> argv.addAll(List.of("-e", variable)));
    argv.addAll(
        switch (command.stdin()) {
          case Stdin.Nothing _ -> List.of();
          case Stdin.Bytes _, Stdin.Stream _ -> List.of("-i");
          case Stdin.Terminal _ -> ON_TERMINAL;
        });
    argv.addAll(options.extraArguments());
    argv.add(options.image());
    argv.addAll(command.argv());
    return new Launch(
        command.withArgv(argv).withEnvironment(ObeyedVariables.without(command.environment())),
        Optional.of(SCRIPT.command("stop", engine.program(), name)),
        Optional.of(trailer));
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
    // In a mount, root of the container could make a device of the host.
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
    containment.covers().stream().flatMap(DockerLauncher::words).forEach(words::add);
    return words;
  }

  private static String decimal(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  /// The engine refuses a missing source with this option; with `-v` it would make a directory.
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

  /// A field of RFC 4180, as the option takes it.
  private static String field(String key, String value) {
    String field = key + "=" + value;
    return value.indexOf(',') < 0 && value.indexOf('"') < 0
        ? field
        : "\"" + field.replace("\"", "\"\"") + "\"";
  }

  /// Names alone, so that the client's arguments hold no value, except of variables that the client
  /// would obey: those are not in its environment.
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
