/// Made from the declarations: the JSON Schema, the tables of the docs, where each key may be.
@NullMarked
package initrunner.schema.describe;

import org.jspecify.annotations.NullMarked;
