/// Options that several commands have.
@NullMarked
package initrunner.cli.options;

import org.jspecify.annotations.NullMarked;
