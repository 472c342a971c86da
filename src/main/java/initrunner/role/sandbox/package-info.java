/// `spec.security.sandbox`: where tools run, and what holds them back.
@NullMarked
package initrunner.role.sandbox;

import org.jspecify.annotations.NullMarked;
