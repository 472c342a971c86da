package initrunner.schema.type;

import initrunner.schema.yaml.YamlValue;
import java.util.Optional;

/// A mapping, or a text that stands for a mapping with defaults for all else.
///
/// @param text the rules of the text, and its meaning
/// @param leavesOthers whether another rule reports a value that is neither
public record Brief<T>(Parsed<T> text, Section<T> whole, boolean leavesOthers) implements Type<T> {

  public Brief(Parsed<T> text, Section<T> whole) {
    this(text, whole, false);
  }

  /// The same where another rule reports a value that is neither, as it knows what is meant.
  public Brief<T> leavingOthers() {
    return new Brief<>(text, whole, true);
  }

  @Override
  public Optional<T> decode(YamlValue yaml, Decoding decoding) {
    return switch (yaml.kind()) {
      case TEXT -> text.decode(yaml, decoding);
      case MAPPING -> whole.decode(yaml, decoding);
      case EMPTY, WHOLE, DECIMAL, FLAG, LIST ->
          leavesOthers ? Optional.empty() : decoding.refuseKind(yaml, allowed(), "");
    };
  }

  @Override
  public String allowed() {
    return text.allowed() + ", or " + whole.allowed();
  }
}
