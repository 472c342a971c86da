/// `spec.model`, and the user's own short names for models.
@NullMarked
package initrunner.role.model;

import org.jspecify.annotations.NullMarked;
