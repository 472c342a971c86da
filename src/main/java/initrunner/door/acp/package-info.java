/// The Agent Client Protocol: a role's agent in an editor.
@NullMarked
package initrunner.door.acp;

import org.jspecify.annotations.NullMarked;
