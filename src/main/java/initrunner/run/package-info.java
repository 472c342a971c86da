/// One run of an agent: what is asked, stored in the audit log, paused and resumed.
@NullMarked
package initrunner.run;

import org.jspecify.annotations.NullMarked;
