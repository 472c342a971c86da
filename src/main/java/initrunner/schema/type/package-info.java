/// Declarations of fields: what a value must be, and typed values with every fault. Knows no role.
@NullMarked
package initrunner.schema.type;

import org.jspecify.annotations.NullMarked;
