/// What a person sees of the changes to other agents' files, and the question before they are
/// written.
@NullMarked
package initrunner.cli.connect;

import org.jspecify.annotations.NullMarked;
