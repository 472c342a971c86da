/// Tools that a model can call: their plans, and the text that goes back.
@NullMarked
package initrunner.tool;

import org.jspecify.annotations.NullMarked;
