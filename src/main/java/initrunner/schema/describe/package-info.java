/// What declarations tell others: a JSON Schema, tables, where each key may stand.
@NullMarked
package initrunner.schema.describe;

import org.jspecify.annotations.NullMarked;
