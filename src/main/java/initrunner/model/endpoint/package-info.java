/// The way to a model: its provider, its address, its key and its proxy.
@NullMarked
package initrunner.model.endpoint;

import org.jspecify.annotations.NullMarked;
