/// The configuration files of other agents' clients: what to write there so that they use this
/// program, and how to change a person's file without touching the rest of it.
@NullMarked
package initrunner.door.connect;

import org.jspecify.annotations.NullMarked;
