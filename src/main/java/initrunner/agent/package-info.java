/// The loop between a model and the tools.
@NullMarked
package initrunner.agent;

import org.jspecify.annotations.NullMarked;
