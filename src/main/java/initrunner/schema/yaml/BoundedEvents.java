package initrunner.schema.yaml;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.parser.Parser;

/// The events of a YAML text. Refuses a tree that is too deep, contains itself, grows without bound
/// by aliases, or has tags of its own: the composer has no such limits, and builds the tree by
/// recursion.
final class BoundedEvents implements Parser {

  static final int MOST_DEPTH = 50;
  static final int MOST_ALIASED = 10_000;

  private static final String STANDARD = "tag:yaml.org,2002:";
  private static final Set<String> TAGS =
      Set.of(
          "!",
          STANDARD + "str",
          STANDARD + "int",
          STANDARD + "float",
          STANDARD + "bool",
          STANDARD + "null",
          STANDARD + "seq",
          STANDARD + "map");

  private final Parser parser;
  private final Map<Anchor, Integer> sizes = new HashMap<>();
  private final Deque<Open> open = new ArrayDeque<>();
  private int aliased;

  /// A list or mapping whose end is still to come.
  private static final class Open {
    final Optional<Anchor> anchor;
    int size = 1;

    Open(Optional<Anchor> anchor) {
      this.anchor = anchor;
    }
  }

  BoundedEvents(Parser parser) {
    this.parser = parser;
  }

  @Override
  public boolean checkEvent(Event.ID choice) {
    return parser.checkEvent(choice);
  }

  @Override
  public Event peekEvent() {
    return parser.peekEvent();
  }

  @Override
  public boolean hasNext() {
    return parser.hasNext();
  }

  @Override
  public Event next() {
    Event event = parser.next();
    if (event instanceof ScalarEvent scalar) {
      refuseTag(scalar.getTag(), event);
      count(scalar, 1);
    } else if (event instanceof CollectionStartEvent start) {
      refuseTag(start.getTag(), event);
      if (open.size() == MOST_DEPTH) {
        throw new ParserException("nested too deeply", event.getStartMark());
      }
      open.push(new Open(start.getAnchor()));
    } else if (event instanceof CollectionEndEvent) {
      close();
    } else if (event instanceof AliasEvent alias) {
      expand(alias);
    }
    return event;
  }

  private void refuseTag(Optional<String> tag, Event event) {
    if (tag.isPresent() && !TAGS.contains(tag.get())) {
      throw new ParserException("unsupported tag", event.getStartMark());
    }
  }

  private void close() {
    Open closed = open.pop();
    closed.anchor.ifPresent(anchor -> sizes.put(anchor, closed.size));
    grow(closed.size);
  }

  private void count(NodeEvent event, int size) {
    event.getAnchor().ifPresent(anchor -> sizes.put(anchor, size));
    grow(size);
  }

  private void expand(AliasEvent alias) {
    Anchor anchor = alias.getAlias();
    for (Open each : open) {
      if (each.anchor.filter(anchor::equals).isPresent()) {
        throw new ParserException("alias of itself", alias.getStartMark());
      }
    }
    int size = sizes.getOrDefault(anchor, 1);
    aliased += size;
    if (aliased > MOST_ALIASED) {
      throw new ParserException("aliases expand too far", alias.getStartMark());
    }
    grow(size);
  }

  /// Cannot overflow: the text is bounded, and so is what the aliases add to it.
  private void grow(int size) {
    if (!open.isEmpty()) {
      open.peek().size += size;
    }
  }
}
