/// The commands. Only this package uses picocli and the standard streams.
@NullMarked
package initrunner.cli;

import org.jspecify.annotations.NullMarked;
