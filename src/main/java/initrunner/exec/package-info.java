/// A command, its limits, its sink and its outcome. JDK only.
@NullMarked
package initrunner.exec;

import org.jspecify.annotations.NullMarked;
