/// YAML text as nodes with their lines and columns. The only importer of snakeyaml-engine.
@NullMarked
package initrunner.schema.yaml;

import org.jspecify.annotations.NullMarked;
