/// Codex's environment on a host: its exec-server protocol.
@NullMarked
package initrunner.door.codex;

import org.jspecify.annotations.NullMarked;
