/// What a person or a program sees of a run, and how a call is asked about.
@NullMarked
package initrunner.cli.run;

import org.jspecify.annotations.NullMarked;
