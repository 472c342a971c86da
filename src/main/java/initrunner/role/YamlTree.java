package initrunner.role;

import java.nio.file.Path;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// The one document of a YAML text as a tree whose nodes know their line and column.
final class YamlTree {

  /// The core schema of YAML 1.2. The composer's own merge keys are off: it does not return from a
  /// mapping that merges itself.
  private static final class Schema extends CoreSchema {

    private final ScalarResolver resolver = new CoreScalarResolver(false);

    @Override
    public ScalarResolver getScalarResolver() {
      return resolver;
    }
  }

  private YamlTree() {}

  /// @throws RoleException with the one fault after which YAML cannot be read on
  static Node of(Path file, String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel("role")
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
      throw new RoleException(List.of(YamlProblem.fault(file, e)));
    } catch (YamlEngineException e) {
      throw new RoleException(List.of(YamlProblem.fault(file, e)));
    }
  }

  private static Node single(Path file, Parser events, LoadSettings settings) {
    Composer composer = new Composer(settings, events);
    if (!composer.hasNext()) {
      throw new RoleException(
          List.of(new RoleFault(file, 0, 0, "", "is empty; begin with apiVersion: initrunner/v1")));
    }
    Node root = composer.next();
    if (composer.hasNext()) {
      Event second = events.peekEvent();
      throw new RoleException(List.of(YamlProblem.secondDocument(file, second)));
    }
    return root;
  }
}
