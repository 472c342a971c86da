/// Access to a model: the conversation, the model, and the models that wrap others.
@NullMarked
package initrunner.model;

import org.jspecify.annotations.NullMarked;
