/// A model's Markdown as lines of a terminal.
@NullMarked
package initrunner.cli.markdown;

import org.jspecify.annotations.NullMarked;
