package initrunner.role.sandbox;

import initrunner.schema.type.Choice;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.Fields;
import initrunner.schema.type.ListOf;
import initrunner.schema.type.OrNull;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.type.Values;
import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.Words;
import java.util.List;
import java.util.Optional;

/// `spec.security.sandbox.docker`.
public record DockerSettings(
    String image, Optional<String> user, List<String> extraArgs, Optional<String> runtime) {

  /// Options of `docker run` that take a value and cannot weaken the container.
  private static final List<String> WITH_VALUE =
      Words.of(
          """
          --ulimit --memory-swap --memory-reservation --memory-swappiness --cpu-shares --cpu-period
          --cpu-quota --cpus --cpuset-cpus --cpuset-mems --pids-limit --shm-size --oom-score-adj
          --stop-signal --stop-timeout --label -l --tmpfs
          """);

  private static final List<String> WITHOUT_VALUE = List.of("--oom-kill-disable", "--read-only");

  private static final Field<List<String>> EXTRA_ARGS =
      Field.of(
          "extra_args",
          new ListOf<>(Text.notBlank()),
          List.of(),
          "Further options of docker run, of a fixed list.");

  public static final Section<DockerSettings> SECTION =
      Section.of(DockerSettings::of).checking(DockerSettings::checkExtraArgs);

  public DockerSettings {
    extraArgs = List.copyOf(extraArgs);
  }

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
    return String.join(" ", WITH_VALUE) + " " + String.join(" ", WITHOUT_VALUE);
  }

  private static DockerSettings of(Fields f) {
    return new DockerSettings(
        f.get(
            "image",
            Text.notBlank()
                .with("begins with -", "the name of an image", image -> !image.startsWith("-"))
                .with(
                    "holds a blank",
                    "the name of an image",
                    image -> image.chars().noneMatch(Character::isWhitespace)),
            "python:3.12-slim",
            "Image of the container."),
        f.get(
            "user",
            new OrNull<>(Text.notBlank()),
            Optional.of("auto"),
            "auto, a uid:gid, or null for the image's own."),
        f.get(EXTRA_ARGS),
        f.optional(
            "runtime",
            Choice.of("runc", "runsc", "kata-runtime", "kata-qemu", "kata-fc", "kata-clh"),
            "Runtime of the container; the engine's default if unset."));
  }
}
