/// `spec.security.sandbox`: where tools run, and how they are isolated.
@NullMarked
package initrunner.role.sandbox;

import org.jspecify.annotations.NullMarked;
