package initrunner.role.sandbox;

import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.Flag;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.type.Variables;
import initrunner.schema.type.Whole;
import initrunner.schema.yaml.YamlKind;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// `spec.security.sandbox`: where tool calls run, and how contained.
///
/// @param askedLimits whether the role itself limits memory, processors or processes
/// @param ssh set whenever the role has an `ssh` block; always set when the backend is
///   [Backend#SSH]
public record SandboxSettings(
    Backend backend,
    Network network,
    List<String> allowedReadPaths,
    List<String> allowedWritePaths,
    String memoryLimit,
    double cpuLimit,
    Optional<Integer> processLimit,
    Optional<String> fileSizeLimit,
    boolean readOnlyRootfs,
    List<BindMount> bindMounts,
    List<String> envPassthrough,
    List<String> secretEnv,
    LimitPolicy limits,
    AskedLimits askedLimits,
    DockerSettings docker,
    Optional<SshSettings> ssh) {

  private static final ListOf<String> NAMES_OF_VARIABLES =
      new ListOf<>(
          Text.any()
              .matching(
                  Variables.NAME,
                  "is not the name of a variable",
                  "the name of an environment variable: letters, digits and _",
                  "name the variable alone; InitRunner takes its value from the environment"));

  /// A shell in a container, the programs that start it, and one that it starts.
  private static final int LEAST_PROCESSES = 8;

  /// The most of the kernel.
  private static final int MOST_PROCESSES = 4_194_304;

  public static final Field<Backend> BACKEND =
      Field.choice("backend", Backend.NONE, "Where and how tools run.");

  static final Field<Network> NETWORK =
      Field.choice(
          "network", Network.NONE, "What network the tools see; bubblewrap has no bridge.");

  static final Field<List<String>> ALLOWED_READ_PATHS =
      Field.of(
          "allowed_read_paths",
          new ListOf<>(Text.path()),
          List.of(),
          "Paths of this machine that the sandbox may read, without ~ or control characters.");

  static final Field<List<String>> ALLOWED_WRITE_PATHS =
      Field.of(
          "allowed_write_paths",
          new ListOf<>(Text.path()),
          List.of(),
          "Paths of this machine that the sandbox may write; no system directory and no"
              + " settings of a login.");

  static final Field<String> MEMORY_LIMIT =
      Field.of(
              "memory_limit",
              ByteSize.written("memory_limit"),
              "256m",
              "Most memory of one call: digits, and b, k, m or g after them; 6m to 1048576g,"
                  + " and any size over plain ssh, where it has no effect.")
          .withExample("256m");

  static final Field<Double> CPU_LIMIT =
      Field.of(
          "cpu_limit",
          LimitRules.ANY,
          1.0,
          "Most processors of one call: 0.01 to 8192, and any over plain ssh.");

  private static final Field<Optional<Integer>> PROCESS_LIMIT =
      Field.optional(
          "process_limit",
          new Whole(LEAST_PROCESSES, MOST_PROCESSES, "processes"),
          "Most processes and threads of one call at once; 256 in a container if unset.");

  static final Field<List<String>> SECRET_ENV =
      Field.of(
          "secret_env",
          NAMES_OF_VARIABLES,
          List.of(),
          "Names of secret variables that tools get, never on a command line; in a sandbox,"
              + " none that the programs which start it obey (PATH, LD_…, DOCKER_… and the like).");

  static final Field<String> SOURCE =
      Field.required(
          "source",
          Text.path(),
          "./data",
          "Path of this machine; under backend ssh of the host, unless local is true.");

  static final Field<String> TARGET =
      Field.required(
          "target",
          Text.path(),
          "/data",
          "Path inside the sandbox: absolute, not /work or /role, and each once; of a local source"
              + " without a sandbox also one below remote_cwd.");

  static final Field<Boolean> READ_ONLY =
      Field.of("read_only", new Flag(), true, "Whether the sandbox may only read it.");

  static final Field<Boolean> LOCAL =
      Field.of(
          "local",
          new Flag(),
          false,
          "Whether source is, under backend ssh too, a path of this machine, whose copy is staged"
              + " on the host.");

  static final Field<List<BindMount>> BIND_MOUNTS =
      Field.of(
          "bind_mounts",
          new ListOf<>(
              Section.of(f ->
                  new BindMount(f.get(SOURCE), f.get(TARGET), f.get(READ_ONLY), f.get(LOCAL)))),
          List.of(),
          "Paths of this machine inside the sandbox.");

  static final Field<Optional<SshSettings>> SSH =
      Field.optional("ssh", SshSettings.SECTION, "Settings of backend ssh; unused under another.");

  public static final Section<SandboxSettings> SECTION = Section.of(SandboxSettings::of);

  /// Every field with its default.
  public static final SandboxSettings DEFAULT = SECTION.defaults();

  /// The values of `backend`.
  public enum Backend {
    AUTO,
    BWRAP,
    DOCKER,
    SSH,
    NONE;

    /// Whether commands are contained on this machine.
    public boolean containsHere() {
      return switch (this) {
        case AUTO, BWRAP, DOCKER -> true;
        case SSH, NONE -> false;
      };
    }
  }

  /// The values of `network`.
  public enum Network {
    NONE,
    BRIDGE,
    HOST
  }

  /// The values of `limits`.
  public enum LimitPolicy {
    /// If a limit cannot be enforced, no command runs.
    ENFORCE,
    /// A limit that cannot be enforced is dropped.
    BEST_EFFORT
  }

  /// Whether the role itself names a limit, or has the defaults.
  public enum AskedLimits {
    NONE,
    SOME
  }

  /// One entry of `bind_mounts`.
  ///
  /// @param local whether the source is a path of this machine under every backend
  public record BindMount(String source, String target, boolean readOnly, boolean local) {}

  public SandboxSettings {
    allowedReadPaths = List.copyOf(allowedReadPaths);
    allowedWritePaths = List.copyOf(allowedWritePaths);
    bindMounts = List.copyOf(bindMounts);
    envPassthrough = List.copyOf(envPassthrough);
    secretEnv = List.copyOf(secretEnv);
  }

  /// The sandbox of a host, with defaults for all else.
  public static SandboxSettings over(SshSettings ssh) {
    return DEFAULT.with(Backend.SSH, Optional.of(ssh));
  }

  /// The same with another backend.
  public SandboxSettings with(Backend other, Optional<SshSettings> host) {
    return with(other, host, bindMounts);
  }

  /// The same with other mounts.
  public SandboxSettings mounting(List<BindMount> mounts) {
    return with(backend, ssh, mounts);
  }

  private SandboxSettings with(Backend other, Optional<SshSettings> host, List<BindMount> mounts) {
    return new SandboxSettings(
        other,
        network,
        allowedReadPaths,
        allowedWritePaths,
        memoryLimit,
        cpuLimit,
        processLimit,
        fileSizeLimit,
        readOnlyRootfs,
        mounts,
        envPassthrough,
        secretEnv,
        limits,
        askedLimits,
        docker,
        host);
  }

  private static SandboxSettings of(Fields f) {
    return new SandboxSettings(
        f.get(BACKEND),
        f.get(NETWORK),
        f.get(ALLOWED_READ_PATHS),
        f.get(ALLOWED_WRITE_PATHS),
        f.get(MEMORY_LIMIT),
        f.get(CPU_LIMIT),
        f.get(PROCESS_LIMIT),
        f.get(
            Field.optional(
                    "file_size_limit",
                    ByteSize.from("1k", "file_size_limit"),
                    "Size of the largest file that a call may write, as memory_limit is"
                        + " written: 1k to"
                        + " 1048576g, rounded down to kilobytes.")
                .withExample("1g")),
        f.get("read_only_rootfs", new Flag(), true, "Whether the container's root is read-only."),
        f.get(BIND_MOUNTS),
        f.get(
            "env_passthrough",
            NAMES_OF_VARIABLES,
            List.of(),
            "Variables of this process that the sandbox gets."),
        f.get(SECRET_ENV),
        f.choice(
            "limits",
            LimitPolicy.ENFORCE,
            "What happens if a limit that the role names cannot be enforced: enforce runs"
                + " nothing, best_effort enforces the others."),
        asked(f),
        f.get("docker", DockerSettings.SECTION, "Settings of backend docker."),
        f.get(SSH));
  }

  private static AskedLimits asked(Fields f) {
    boolean isAsked =
        Stream.of(MEMORY_LIMIT, CPU_LIMIT, PROCESS_LIMIT)
            .flatMap(limit -> f.written(limit).stream())
            .anyMatch(value -> value.kind() != YamlKind.EMPTY);
    return isAsked ? AskedLimits.SOME : AskedLimits.NONE;
  }

  /// Rules about several of its fields.
  ///
  /// @param sandbox with defaults for the missing fields
  public static void check(Values sandbox, Decoding decoding) {
    SshRules.check(sandbox, decoding);
    MountRules.check(sandbox, decoding);
    SecretRules.check(sandbox, decoding);
    LimitRules.check(sandbox, decoding);
  }
}
