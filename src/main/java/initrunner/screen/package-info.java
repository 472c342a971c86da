/// The screen of a terminal: what a program has drawn, as text.
@NullMarked
package initrunner.screen;

import org.jspecify.annotations.NullMarked;
