/// A role in plain language.
@NullMarked
package initrunner.role.summary;

import org.jspecify.annotations.NullMarked;
