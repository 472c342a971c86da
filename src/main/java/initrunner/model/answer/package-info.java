/// Reads servers' answers in each protocol, whole or in pieces, and explains refusals.
@NullMarked
package initrunner.model.answer;

import org.jspecify.annotations.NullMarked;
