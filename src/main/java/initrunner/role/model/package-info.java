/// `spec.model`, and the user's own words for models.
@NullMarked
package initrunner.role.model;

import org.jspecify.annotations.NullMarked;
