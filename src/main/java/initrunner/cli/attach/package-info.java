/// Lets a person watch a terminal that an agent has open, and take it over.
@NullMarked
package initrunner.cli.attach;

import org.jspecify.annotations.NullMarked;
