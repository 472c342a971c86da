/// The demo: its server, its files, and its output.
@NullMarked
package initrunner.cli.demo;

import org.jspecify.annotations.NullMarked;
