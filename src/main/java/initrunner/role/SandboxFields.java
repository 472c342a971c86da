package initrunner.role;

import initrunner.role.SandboxSettings.AskedLimits;
import initrunner.role.SandboxSettings.Backend;
import initrunner.role.SandboxSettings.BindMount;
import initrunner.role.SandboxSettings.DockerSettings;
import initrunner.role.SandboxSettings.LimitPolicy;
import initrunner.role.SandboxSettings.Network;
import initrunner.schema.type.Choice;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Flag;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.type.Whole;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The declaration of `spec.security.sandbox`.
final class SandboxFields {

  static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private static final ListOf<String> NAMES_OF_VARIABLES =
      new ListOf<>(
          Text.any()
              .with(
                  Rule.matching(
                      VARIABLE,
                      "is not the name of a variable",
                      "the name of an environment variable: letters, digits and _",
                      "name the variable alone; its value is taken from the environment")));

  /// What a shell in a container needs to start a program, with what starts the shell.
  private static final int LEAST_PROCESSES = 8;

  /// The kernel counts no more.
  private static final int MOST_PROCESSES = 4_194_304;

  static final Field<Backend> BACKEND =
      Field.optional(
          "backend", Choice.of(Backend.values()), Backend.NONE, "Where and how tools run.");

  static final Field<Network> NETWORK =
      Field.optional(
          "network", Choice.of(Network.values()), Network.NONE, "What network the tools see.");

  static final Field<List<String>> ALLOWED_READ_PATHS =
      Field.optional(
          "allowed_read_paths",
          new ListOf<>(Text.path()),
          List.of(),
          "Paths of this machine that the sandbox may read.");

  static final Field<List<String>> ALLOWED_WRITE_PATHS =
      Field.optional(
          "allowed_write_paths",
          new ListOf<>(Text.path()),
          List.of(),
          "Paths of this machine that the sandbox may write.");

  static final Field<String> MEMORY_LIMIT =
      Field.optional(
              "memory_limit", ByteSize.written("memory_limit"), "256m", "Most memory of one call.")
          .withExample("256m");

  static final Field<Double> CPU_LIMIT =
      Field.optional("cpu_limit", LimitRules.ANY, 1.0, "Most processors of one call.");

  static final Field<Optional<Integer>> PROCESS_LIMIT =
      Field.nullable(
          "process_limit",
          new Whole(LEAST_PROCESSES, MOST_PROCESSES, "processes"),
          "Most processes and threads of one call at once; 256 in a container where unset.");

  static final Field<Optional<String>> FILE_SIZE_LIMIT =
      Field.nullable(
              "file_size_limit",
              ByteSize.from("1k", "file_size_limit"),
              "Most bytes of a file that a call writes.")
          .withExample("1g");

  static final Field<Boolean> READ_ONLY_ROOTFS =
      Field.optional(
          "read_only_rootfs", new Flag(), true, "Whether the container's root is read-only.");

  static final Field<List<String>> ENV_PASSTHROUGH =
      Field.optional(
          "env_passthrough",
          NAMES_OF_VARIABLES,
          List.of(),
          "Variables of this process that the sandbox gets.");

  static final Field<List<String>> SECRET_ENV =
      Field.optional(
          "secret_env",
          NAMES_OF_VARIABLES,
          List.of(),
          "Names of variables whose values tools get though they are secret, off every command "
              + "line.");

  static final Field<LimitPolicy> LIMITS =
      Field.optional(
          "limits",
          Choice.of(LimitPolicy.values()),
          LimitPolicy.ENFORCE,
          "What happens where a limit that the role names cannot be enforced.");

  static final Field<String> SOURCE =
      Field.required("source", Text.path(), "Path of this machine.", "./data");

  static final Field<String> TARGET =
      Field.required(
          "target",
          Text.path().with("is not absolute", "an absolute path", target -> target.startsWith("/")),
          "Path inside the sandbox.",
          "/data");

  static final Field<Boolean> READ_ONLY =
      Field.optional("read_only", new Flag(), true, "Whether the sandbox may only read it.");

  static final Section<BindMount> BIND_MOUNT =
      new Section<>(
          List.of(SOURCE, TARGET, READ_ONLY),
          Map.of(),
          v -> new BindMount(v.get(SOURCE), v.get(TARGET), v.get(READ_ONLY)));

  static final Field<List<BindMount>> BIND_MOUNTS =
      Field.optional(
          "bind_mounts",
          new ListOf<>(BIND_MOUNT),
          List.of(),
          "Paths of this machine inside the sandbox.");

  static final Field<DockerSettings> DOCKER =
      Field.optional(
          "docker", DockerFields.SECTION, DockerSettings.DEFAULT, "Settings of backend docker.");

  static final Field<Optional<SshSettings>> SSH =
      Field.nullable("ssh", SshFields.SECTION, "Settings of backend ssh.");

  static final Section<SandboxSettings> SECTION =
      new Section<>(
          List.of(
              BACKEND,
              NETWORK,
              ALLOWED_READ_PATHS,
              ALLOWED_WRITE_PATHS,
              MEMORY_LIMIT,
              CPU_LIMIT,
              PROCESS_LIMIT,
              FILE_SIZE_LIMIT,
              READ_ONLY_ROOTFS,
              BIND_MOUNTS,
              ENV_PASSTHROUGH,
              SECRET_ENV,
              LIMITS,
              DOCKER,
              SSH),
          Map.of(),
          SandboxFields::build);

  private SandboxFields() {}

  /// Rules about several of its fields.
  ///
  /// @param sandbox with what holds where nothing is written
  static void check(Values sandbox, Decoding decoding) {
    SshRules.check(sandbox, decoding);
    MountRules.check(sandbox, decoding);
    SecretRules.check(sandbox, decoding);
    LimitRules.check(sandbox, decoding);
  }

  private static AskedLimits asked(Values values) {
    boolean isProcessLimit = values.get(PROCESS_LIMIT).isPresent();
    return isProcessLimit
            || values.written(MEMORY_LIMIT).isPresent()
            || values.written(CPU_LIMIT).isPresent()
        ? AskedLimits.SOME
        : AskedLimits.NONE;
  }

  private static SandboxSettings build(Values values) {
    return new SandboxSettings(
        values.get(BACKEND),
        values.get(NETWORK),
        values.get(ALLOWED_READ_PATHS),
        values.get(ALLOWED_WRITE_PATHS),
        values.get(MEMORY_LIMIT),
        values.get(CPU_LIMIT),
        values.get(PROCESS_LIMIT),
        values.get(FILE_SIZE_LIMIT),
        values.get(READ_ONLY_ROOTFS),
        values.get(BIND_MOUNTS),
        values.get(ENV_PASSTHROUGH),
        values.get(SECRET_ENV),
        values.get(LIMITS),
        asked(values),
        values.get(DOCKER),
        values.get(SSH));
  }
}
