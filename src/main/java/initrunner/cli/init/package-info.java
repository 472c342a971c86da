/// `init`: five questions, and the role that their answers make.
@NullMarked
package initrunner.cli.init;

import org.jspecify.annotations.NullMarked;
