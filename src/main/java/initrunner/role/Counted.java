package initrunner.role;

import java.util.Optional;

/// A whole number, or a mapping that holds it.
record Counted(Whole alone, Section<Integer> within) implements Type<Integer> {

  @Override
  public Optional<Integer> decode(Spot spot, Decoding decoding) {
    return spot.kind() == Kind.MAPPING
        ? within.decode(spot, decoding)
        : alone.decode(spot, decoding);
  }

  @Override
  public String allowed() {
    return alone.allowed();
  }
}
