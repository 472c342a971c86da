/// The user's `ssh` program: how it is called for a host, what its configuration says, and what its
/// failures mean.
@NullMarked
package initrunner.ssh.client;

import org.jspecify.annotations.NullMarked;
