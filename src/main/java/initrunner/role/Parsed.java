package initrunner.role;

import java.util.Optional;
import java.util.function.Function;

/// Text that stands for a value of another kind; its rules say what can be read as one.
///
/// @param parse of a text that has passed the rules; never fails
record Parsed<T>(Text text, Function<String, T> parse) implements Type<T> {

  @Override
  public Optional<T> decode(Spot spot, Decoding decoding) {
    return text.decode(spot, decoding).map(parse);
  }

  @Override
  public String allowed() {
    return text.allowed();
  }
}
