/// Changes values in JSON and TOML texts that a person wrote, and leaves every other character as
/// it is.
@NullMarked
package initrunner.door.edit;

import org.jspecify.annotations.NullMarked;
