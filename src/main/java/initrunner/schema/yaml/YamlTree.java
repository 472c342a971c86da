package initrunner.schema.yaml;

import initrunner.schema.ConfigException;
import initrunner.schema.yaml.YamlNode.Entry;
import initrunner.schema.yaml.YamlNode.Position;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// The one document of a YAML text as a tree whose nodes know their line and column.
public final class YamlTree {

  /// The core schema of YAML 1.2. The composer's own merge keys are off: it does not return from a
  /// mapping that merges itself.
  private static final class Schema extends CoreSchema {

    private final ScalarResolver resolver = new CoreScalarResolver(false);

    @Override
    public ScalarResolver getScalarResolver() {
      return resolver;
    }
  }

  private final IdentityHashMap<Node, YamlNode> made = new IdentityHashMap<>();

  private YamlTree() {}

  /// The root of a text; empty if it has no document.
  ///
  /// @throws ConfigException with the first fault of the YAML
  public static Optional<YamlValue> of(Path file, String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel("text")
            .setSchema(new Schema())
            .setAllowNonScalarKeys(true)
            .setMaxAliasesForCollections(Integer.MAX_VALUE)
            // the reader copies what it has looked ahead at for each further buffer that it fills
            .setBufferSize(text.length() + 1)
            .build();
    try {
      return single(
          file,
          new BoundedEvents(new ParserImpl(settings, new StreamReader(settings, text))),
          settings);
    } catch (MarkedYamlEngineException e) {
      throw new ConfigException(List.of(YamlProblem.fault(file, e)));
    } catch (YamlEngineException e) {
      throw new ConfigException(List.of(YamlProblem.fault(file, e)));
    }
  }

  private static Optional<YamlValue> single(Path file, Parser events, LoadSettings settings) {
    Composer composer = new Composer(settings, events);
    if (!composer.hasNext()) {
      return Optional.empty();
    }
    Node root = composer.next();
    if (composer.hasNext()) {
      Event second = events.peekEvent();
      throw new ConfigException(List.of(YamlProblem.secondDocument(file, second)));
    }
    return Optional.of(YamlValue.of(new YamlTree().node(root)));
  }

  /// One node for each of the composer's, so that an alias costs nothing. The events have bounded
  /// the depth.
  private YamlNode node(Node from) {
    Optional<YamlNode> known = Optional.ofNullable(made.get(from));
    if (known.isPresent()) {
      return known.get();
    }
    Mark mark = from.getStartMark().orElseThrow();
    Position at = new Position(mark.getLine() + 1, mark.getColumn() + 1);
    YamlNode node =
        switch (from) {
          case SequenceNode list ->
              new YamlNode.Sequence(list.getValue().stream().map(this::node).toList(), at);
          case MappingNode mapping ->
              new YamlNode.Mapping(
                  mapping.getValue().stream()
                      .map(entry -> new Entry(node(entry.getKeyNode()), node(entry.getValueNode())))
                      .toList(),
                  at);
          case ScalarNode scalar ->
              new YamlNode.Scalar(kind(scalar.getTag()), scalar.getValue(), scalar.isPlain(), at);
          default -> throw new IllegalStateException(from.getNodeType().toString());
        };
    made.put(from, node);
    return node;
  }

  private static YamlKind kind(Tag tag) {
    if (tag.equals(Tag.NULL)) {
      return YamlKind.EMPTY;
    }
    if (tag.equals(Tag.INT)) {
      return YamlKind.WHOLE;
    }
    if (tag.equals(Tag.FLOAT)) {
      return YamlKind.DECIMAL;
    }
    return tag.equals(Tag.BOOL) ? YamlKind.FLAG : YamlKind.TEXT;
  }

  /// Whether YAML allows a character.
  public static boolean isPrintable(int codePoint) {
    return StreamReader.isPrintable(codePoint);
  }
}
