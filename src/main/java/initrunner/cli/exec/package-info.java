/// What `exec` says of one call to programs, on one host or on each of many.
@NullMarked
package initrunner.cli.exec;

import org.jspecify.annotations.NullMarked;
