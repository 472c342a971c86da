/// Faults in a user's files, and where their variables come from.
@NullMarked
package initrunner.schema;

import org.jspecify.annotations.NullMarked;
