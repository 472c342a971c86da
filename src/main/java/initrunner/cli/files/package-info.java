/// The commands that move files between this machine and a host, and what a person sees of it.
@NullMarked
package initrunner.cli.files;

import org.jspecify.annotations.NullMarked;
