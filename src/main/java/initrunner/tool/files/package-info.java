/// The tools that read and write files where the role's tools run.
@NullMarked
package initrunner.tool.files;

import org.jspecify.annotations.NullMarked;
