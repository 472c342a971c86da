/// What may be shown: the one place where text from outside loses what a terminal would obey.
@NullMarked
package initrunner.text;

import org.jspecify.annotations.NullMarked;
