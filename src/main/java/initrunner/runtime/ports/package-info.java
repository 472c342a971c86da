/// Ports of the host: pages that are read from them, and ports of this machine's loopback that lead
/// to them.
@NullMarked
package initrunner.runtime.ports;

import org.jspecify.annotations.NullMarked;
