/// What is wrong with a file of the user's, and where its variables come from.
@NullMarked
package initrunner.schema;

import org.jspecify.annotations.NullMarked;
