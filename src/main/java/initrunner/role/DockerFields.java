package initrunner.role;

import initrunner.role.SandboxSettings.DockerSettings;
import initrunner.schema.type.Choice;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.OrNull;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/// The declaration of `spec.security.sandbox.docker`.
final class DockerFields {

  /// Options of `docker run` that bound or describe a container and cannot open it, and that take a
  /// value.
  private static final List<String> WITH_VALUE =
      List.of(
          "--ulimit",
          "--memory-swap",
          "--memory-reservation",
          "--memory-swappiness",
          "--cpu-shares",
          "--cpu-period",
          "--cpu-quota",
          "--cpus",
          "--cpuset-cpus",
          "--cpuset-mems",
          "--pids-limit",
          "--shm-size",
          "--oom-score-adj",
          "--stop-signal",
          "--stop-timeout",
          "--label",
          "-l",
          "--tmpfs");

  private static final Set<String> WITHOUT_VALUE = Set.of("--oom-kill-disable", "--read-only");

  static final Field<String> IMAGE =
      Field.optional(
          "image",
          Text.notBlank()
              .with("begins with -", "the name of an image", image -> !image.startsWith("-"))
              .with(
                  "holds a blank",
                  "the name of an image",
                  image -> image.chars().noneMatch(Character::isWhitespace)),
          "python:3.12-slim",
          "Image of the container.");

  static final Field<Optional<String>> USER =
      Field.optional(
          "user",
          new OrNull<>(Text.notBlank()),
          Optional.of("auto"),
          "auto, a uid:gid, or null for the image's own.");

  static final Field<List<String>> EXTRA_ARGS =
      Field.optional(
          "extra_args",
          new ListOf<>(Text.notBlank()),
          List.of(),
          "Further options of docker run, of a fixed list.");

  static final Field<Optional<String>> RUNTIME =
      Field.nullable(
          "runtime",
          Choice.of("runc", "runsc", "kata-runtime", "kata-qemu", "kata-fc", "kata-clh"),
          "Runtime of the container; the engine's default where unset.");

  static final Section<DockerSettings> SECTION =
      new Section<>(
          List.of(IMAGE, USER, EXTRA_ARGS, RUNTIME),
          Map.of(),
          List.<BiConsumer<Values, Decoding>>of(DockerFields::checkExtraArgs),
          v -> new DockerSettings(v.get(IMAGE), v.get(USER), v.get(EXTRA_ARGS), v.get(RUNTIME)));

  private DockerFields() {}

  private static void checkExtraArgs(Values values, Decoding decoding) {
    List<YamlValue> items = values.written(EXTRA_ARGS).map(YamlValue::items).orElse(List.of());
    boolean isValue = false;
    for (YamlValue item : items) {
      if (!isValue && item.kind() == YamlKind.TEXT && !isAllowed(item.raw())) {
        decoding.refuse(item, "is not allowed", allowedOptions(), "remove it");
      }
      isValue = !isValue && WITH_VALUE.contains(item.raw());
    }
    if (isValue) {
      decoding.refuse(
          items.getLast(), "has no value", "one behind =, or as the next of the list", "add it");
    }
  }

  private static boolean isAllowed(String option) {
    int equals = option.indexOf('=');
    String name = equals < 0 ? option : option.substring(0, equals);
    return WITH_VALUE.contains(name) || WITHOUT_VALUE.contains(name);
  }

  private static String allowedOptions() {
    List<String> all = new ArrayList<>(WITH_VALUE);
    WITHOUT_VALUE.stream().sorted().forEach(all::add);
    return String.join(" ", all);
  }
}
