/// The manual pages, made from the commands.
@NullMarked
package initrunner.cli.manual;

import org.jspecify.annotations.NullMarked;
