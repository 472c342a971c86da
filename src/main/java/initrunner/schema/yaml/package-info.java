/// YAML text as nodes with their places. The only importer of snakeyaml-engine.
@NullMarked
package initrunner.schema.yaml;

import org.jspecify.annotations.NullMarked;
