/// The append-only record of what ran where.
@NullMarked
package initrunner.audit;

import org.jspecify.annotations.NullMarked;
