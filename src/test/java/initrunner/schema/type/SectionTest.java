package initrunner.schema.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.schema.ConfigFault;
import initrunner.schema.yaml.YamlTree;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A section whose fields are declared where its value is made.
class SectionTest {

  private static final Path FILE = Path.of("a.yaml");

  /// A value with one field of each kind.
  private record Limits(int most, String name, Optional<Integer> least, Mode mode) {}

  private enum Mode {
    STRICT,
    LOOSE
  }

  private static final Section<Limits> SECTION =
      Section.of(f ->
              new Limits(
                  f.get("most", Whole.atLeast(1, "calls"), 20, "Most calls."),
                  f.required("name", Text.notBlank(), "build", "Its name."),
                  f.optional("least", Whole.atLeast(1, "calls"), "Fewest calls."),
                  f.choice("mode", Mode.STRICT, "How it is held.")))
          .refusing("max top", "is called most; rename it")
          .ignoring("comment");

  private static Decoding decoding() {
    return new Decoding(FILE, Path.of("/"), Map::of, Optional.empty());
  }

  private static Limits decoded(String text) {
    Decoding decoding = decoding();
    Limits limits = SECTION.decode(YamlTree.of(FILE, text).orElseThrow(), decoding).orElseThrow();
    assertThat(decoding.faultCount()).isZero();
    return limits;
  }

  private static List<String> faults(String text) {
    Decoding decoding = decoding();
    assertThat(SECTION.decode(YamlTree.of(FILE, text).orElseThrow(), decoding)).isEmpty();
    return decoding.faultsInFileOrder().stream().map(ConfigFault::toString).toList();
  }

  @Test
  void itsFieldsAreWhatTheExpressionAsksForInThatOrder() {
    assertThat(SECTION.fields())
        .extracting(Field::key)
        .containsExactly("most", "name", "least", "mode");
    assertThat(SECTION.fields())
        .extracting(Field::description)
        .containsExactly("Most calls.", "Its name.", "Fewest calls.", "How it is held.");
    assertThat(SECTION.defaults())
        .isEqualTo(new Limits(20, "build", Optional.empty(), Mode.STRICT));
  }

  @Test
  void itsValueIsMadeOfWhatIsWrittenAndOfTheDefaults() {
    assertThat(decoded("{name: x}")).isEqualTo(new Limits(20, "x", Optional.empty(), Mode.STRICT));
    assertThat(decoded("{name: x, most: 3, least: 2, mode: loose}"))
        .isEqualTo(new Limits(3, "x", Optional.of(2), Mode.LOOSE));
    assertThat(decoded("{name: x, least: null}").least()).isEmpty();
  }

  @Test
  void everyFaultIsReportedAndNoValueMade() {
    assertThat(faults("{most: 0, top: 1, mode: x}"))
        .containsExactly(
            "a.yaml:1:1: name: is missing, allowed is text; add name: build",
            "a.yaml:1:8: most: is too small, got 0, allowed is a whole number of calls, 1 or more;"
                + " write for example most: 20",
            "a.yaml:1:11: top: is called most; rename it",
            "a.yaml:1:25: mode: is not known, got \"x\", allowed is strict, loose");
  }

  @Test
  void aKeyThatHasNoEffectIsNoted() {
    Decoding decoding = decoding();
    YamlTree.of(FILE, "{name: x, comment: y}")
        .ifPresent(value -> assertThat(SECTION.decode(value, decoding)).isPresent());

    assertThat(decoding.notes()).containsExactly("comment");
  }

  @Test
  void aKeyIsAskedForOnce() {
    assertThatThrownBy(() ->
            Section.of(f ->
                f.get("a", Whole.atLeast(1, ""), 1, "One.")
                    + f.get("a", Whole.atLeast(1, ""), 2, "Again.")))
        .hasMessage("declared twice: a");
  }

  @Test
  void aRuleSeesWhatIsWrittenAlsoWhereItHasAFault() {
    Field<Integer> most = Field.of("most", Whole.atLeast(1, "calls"), 20, "Most calls.");
    Section<Integer> section =
        Section.of(f -> f.get(most))
            .checking((values, decoding) ->
                values
                    .written(most)
                    .ifPresent(
                        value -> decoding.fault(value.name(), value.path(), "is written, here")));
    Decoding decoding = decoding();

    assertThat(section.decode(YamlTree.of(FILE, "most: 0").orElseThrow(), decoding)).isEmpty();
    assertThat(decoding.faultsInFileOrder())
        .extracting(ConfigFault::message)
        .contains("is written, here")
        .hasSize(2);
    assertThat(section.decode(YamlTree.of(FILE, "{}").orElseThrow(), decoding())).contains(20);
  }
}
