/// Where a model is: its provider, its address, its key and the way there.
@NullMarked
package initrunner.model.endpoint;

import org.jspecify.annotations.NullMarked;
