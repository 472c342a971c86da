/// The page of `initrunner report`.
@NullMarked
package initrunner.cli.report;

import org.jspecify.annotations.NullMarked;
