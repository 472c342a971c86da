/// The terminals that a run has open: their programs, their screens, and who types there.
@NullMarked
package initrunner.runtime.terminals;

import org.jspecify.annotations.NullMarked;
