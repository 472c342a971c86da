/// The files of a role and of its user: their bytes, their text, their variables.
@NullMarked
package initrunner.role.file;

import org.jspecify.annotations.NullMarked;
