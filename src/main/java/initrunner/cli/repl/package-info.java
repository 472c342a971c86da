/// A session of several prompts.
@NullMarked
package initrunner.cli.repl;

import org.jspecify.annotations.NullMarked;
