/// The commands. The only user of picocli and of the standard streams.
@NullMarked
package initrunner.cli;

import org.jspecify.annotations.NullMarked;
