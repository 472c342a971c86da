/// The tools that read and write files of the sandbox.
@NullMarked
package initrunner.tool.files;

import org.jspecify.annotations.NullMarked;
