/// The tool `terminal`: programs that need a terminal, for a model.
@NullMarked
package initrunner.tool.terminal;

import org.jspecify.annotations.NullMarked;
