/// What many hosts answered to one command, made short.
@NullMarked
package initrunner.tool.hosts;

import org.jspecify.annotations.NullMarked;
