/// What a model may ask for: tools, the policy that decides before anything starts, and the text
/// that goes back.
@NullMarked
package initrunner.tool;

import org.jspecify.annotations.NullMarked;
