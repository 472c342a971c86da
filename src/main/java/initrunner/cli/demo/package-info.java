/// The demo: a server of our own, and what it shows.
@NullMarked
package initrunner.cli.demo;

import org.jspecify.annotations.NullMarked;
