/// The append-only audit log of what ran where.
@NullMarked
package initrunner.audit;

import org.jspecify.annotations.NullMarked;
