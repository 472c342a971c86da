/// The Model Context Protocol: a role's tools for the agent of another program.
@NullMarked
package initrunner.door.mcp;

import org.jspecify.annotations.NullMarked;
