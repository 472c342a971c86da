/// The scripts with which shells complete command lines, made from the commands.
@NullMarked
package initrunner.cli.complete;

import org.jspecify.annotations.NullMarked;
