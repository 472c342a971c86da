/// Access to a model: what is asked and answered, and the models that stand before others.
@NullMarked
package initrunner.model;

import org.jspecify.annotations.NullMarked;
