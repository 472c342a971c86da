package initrunner.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// A list whose items all have one type.
///
/// @param check a rule about several items; it runs whatever faults they have
record ListOf<T>(Type<T> item, BiConsumer<Spot, Decoding> check) implements Type<List<T>> {

  ListOf(Type<T> item) {
    this(item, (_, _) -> {});
  }

  @Override
  public Optional<List<T>> decode(Spot spot, Decoding decoding) {
    if (!(spot.node() instanceof SequenceNode sequence)) {
      String next =
          spot.kind().isScalar() ? "write it as a list, in [ ]" : "begin each item with - ";
      decoding.refuseKind(spot, allowed(), next);
      return Optional.empty();
    }
    List<T> items = new ArrayList<>();
    for (Spot each : spot.items()) {
      item.decode(each, decoding).ifPresent(items::add);
    }
    int faultsBefore = decoding.faultCount();
    check.accept(spot, decoding);
    return decoding.faultCount() == faultsBefore && items.size() == sequence.getValue().size()
        ? Optional.of(items)
        : Optional.empty();
  }

  @Override
  public String allowed() {
    return "a list";
  }
}
