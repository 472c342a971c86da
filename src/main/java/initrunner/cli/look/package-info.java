/// Commands that show a person what happened.
@NullMarked
package initrunner.cli.look;

import org.jspecify.annotations.NullMarked;
