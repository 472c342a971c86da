/// What servers answer, in each protocol, whole or in pieces, and what a refusal means.
@NullMarked
package initrunner.model.answer;

import org.jspecify.annotations.NullMarked;
