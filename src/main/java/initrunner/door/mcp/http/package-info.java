/// The Model Context Protocol over HTTP.
@NullMarked
package initrunner.door.mcp.http;

import org.jspecify.annotations.NullMarked;
