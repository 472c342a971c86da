/// JSON-RPC 2.0 over two byte streams, as the doors of other agents use it.
@NullMarked
package initrunner.door.jsonrpc;

import org.jspecify.annotations.NullMarked;
