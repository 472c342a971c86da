/// Makes text from outside fit to be shown: no terminal obeys it, and it shows no known secret.
@NullMarked
package initrunner.text;

import org.jspecify.annotations.NullMarked;
