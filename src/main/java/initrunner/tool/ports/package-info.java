/// The tool that looks at ports of the host.
@NullMarked
package initrunner.tool.ports;

import org.jspecify.annotations.NullMarked;
