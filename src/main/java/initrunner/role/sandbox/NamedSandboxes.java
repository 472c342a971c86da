package initrunner.role.sandbox;

import initrunner.schema.type.Brief;
import initrunner.schema.type.Decoding;
import initrunner.schema.type.Field;
import initrunner.schema.type.MapOf;
import initrunner.schema.type.Parsed;
import initrunner.schema.type.Rule;
import initrunner.schema.type.Section;
import initrunner.schema.type.Text;
import initrunner.schema.yaml.Faults;
import initrunner.schema.yaml.YamlKind;
import initrunner.schema.yaml.YamlValue;
import initrunner.text.Nearest;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;

/// `security.sandboxes`: several sandboxes of one role by name, and the one of tools that name
/// none. Immutable.
///
/// @param byDefault one of the names; empty where there are no sandboxes
/// @param all in the role's order
public record NamedSandboxes(String byDefault, SequencedMap<String, SandboxSettings> all) {

  /// What stands behind a key of the field.
  public sealed interface Entry {

    /// A sandbox, behind its name.
    record Own(SandboxSettings settings) implements Entry {}

    /// The name of one, behind `default`.
    record Usual(String name) implements Entry {}
  }

  private static final String DEFAULT_KEY = "default";
  private static final String EVERY = "all";

  /// What a sandbox may be called: of these characters, none looks like another.
  public static final Rule<String> NAME =
      Rule.matching(
          Pattern.compile("[a-z][a-z0-9_-]{0,31}"),
          "is no name of a sandbox",
          "small letters, digits, _ and -, beginning with a letter",
          "write for example gpu");

  /// The field of `security`.
  public static final Field<Map<String, Entry>> FIELD =
      Field.of(
          "sandboxes",
          new MapOf<>(
                  NAME,
                  new Brief<>(new Parsed<>(Text.any(), Entry.Usual::new), sandbox())
                      .leavingOthers())
              .described("a mapping of names to sandboxes, as gpu: {backend: ssh, …}"),
          Map.of(),
          "Several sandboxes by name, each as sandbox is, instead of it; default names the one of"
              + " tools that name none.");

  /// One sandbox alone.
  public static final NamedSandboxes NONE = new NamedSandboxes("", new LinkedHashMap<>());

  public NamedSandboxes {
    all = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(all));
  }

  private static Section<Entry> sandbox() {
    Section<SandboxSettings> one = SandboxSettings.SECTION.checking(SandboxSettings::check);
    return new Section<>(
        one.fields(),
        new Entry.Own(one.defaults()),
        one.refusals(),
        one.inert(),
        one.checks(),
        f -> new Entry.Own(one.build().apply(f)));
  }

  /// The sandboxes of a field without faults.
  public static NamedSandboxes of(Map<String, Entry> entries) {
    SequencedMap<String, SandboxSettings> all = new LinkedHashMap<>();
    Optional<String> usual = Optional.empty();
    for (Map.Entry<String, Entry> each : entries.entrySet()) {
      switch (each.getValue()) {
        case Entry.Own(SandboxSettings settings) -> all.put(each.getKey(), settings);
        case Entry.Usual(String name) -> usual = Optional.of(name);
      }
    }
    return all.isEmpty()
        ? NONE
        : new NamedSandboxes(usual.orElseGet(() -> all.firstEntry().getKey()), all);
  }

  /// The sandboxes without faults of a field that has some.
  ///
  /// @param written the field's mapping
  public static NamedSandboxes withoutFaulty(YamlValue written, Decoding decoding) {
    SequencedMap<String, SandboxSettings> all = new LinkedHashMap<>();
    written
        .entries(Faults.unheard())
        .forEach((name, entry) ->
            SandboxSettings.SECTION
                .decode(entry, decoding.apart())
                .ifPresent(settings -> all.put(name, settings)));
    return new NamedSandboxes(byDefault(written), all);
  }

  /// That there is a default, and that it is one of the sandboxes.
  ///
  /// @param written the field's mapping
  public static void check(YamlValue written, Decoding decoding) {
    if (written.kind() != YamlKind.MAPPING) {
      return;
    }
    Map<String, YamlValue> entries = new LinkedHashMap<>(written.entries(Faults.unheard()));
    Optional<YamlValue> byDefault = Optional.ofNullable(entries.remove(DEFAULT_KEY));
    Optional.ofNullable(entries.get(EVERY))
        .ifPresent(entry ->
            decoding.fault(entry, "is what run_on calls every sandbox; give it another name"));
    boolean isMistyped = false;
    for (Map.Entry<String, YamlValue> each : entries.entrySet()) {
      checkKind(each.getKey(), each.getValue(), decoding);
      isMistyped |= isMistyped(each.getKey(), each.getValue());
    }
    if (entries.isEmpty()) {
      decoding.fault(written, "names no sandbox; write for example gpu: {backend: ssh, …}");
    } else if (byDefault.isEmpty() && !isMistyped && entries.size() > 1) {
      decoding.fault(
          written,
          "has no default; write default: with one of " + String.join(", ", entries.keySet()));
    }
    MeetingDirectories.refuse(entries, decoding);
    byDefault.ifPresent(name -> checkDefault(name, entries.keySet(), decoding));
  }

  /// Whether it is the default under a wrong key.
  private static boolean isMistyped(String name, YamlValue entry) {
    return entry.kind() == YamlKind.TEXT && Nearest.to(name, List.of(DEFAULT_KEY)).isPresent();
  }

  private static void checkKind(String name, YamlValue entry, Decoding decoding) {
    switch (entry.kind()) {
      case MAPPING -> {}
      case TEXT ->
          decoding.fault(
              entry,
              "is text, and only default is; "
                  + (isMistyped(name, entry)
                      ? "did you mean default?"
                      : "write a mapping as sandbox has"));
      case EMPTY, WHOLE, DECIMAL, FLAG, LIST ->
          decoding.refuseKind(
              entry, "a mapping as sandbox has", "write for example {backend: ssh, …}");
    }
  }

  private static void checkDefault(YamlValue name, Set<String> known, Decoding decoding) {
    switch (name.kind()) {
      case MAPPING, LIST ->
          decoding.fault(name, "is no name; default is no sandbox, but says which one is usual");
      case TEXT, EMPTY, WHOLE, DECIMAL, FLAG -> {
        if (!known.isEmpty() && !known.contains(name.raw())) {
          decoding.fault(name, unknown(name.raw(), known));
        }
      }
    }
  }

  /// The names in a field's mapping.
  public static List<String> names(YamlValue written) {
    return written.entries(Faults.unheard()).keySet().stream()
        .filter(name -> !name.equals(DEFAULT_KEY))
        .toList();
  }

  /// The name of the default one in a field's mapping; empty if it says none.
  public static String byDefault(YamlValue written) {
    return written
        .child(DEFAULT_KEY)
        .map(YamlValue::raw)
        .orElseGet(() -> names(written).stream().findFirst().orElse(""));
  }

  /// The fault of a name that no sandbox has.
  public static String unknown(String name, Collection<String> known) {
    String question = Nearest.question(name, known);
    return "names no sandbox of security.sandboxes, got '"
        + name
        + "'; "
        + (question.isEmpty() ? "allowed is " + String.join(", ", known) : question);
  }
}
