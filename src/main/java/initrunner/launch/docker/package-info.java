/// Commands in containers of Docker or Podman.
@NullMarked
package initrunner.launch.docker;

import org.jspecify.annotations.NullMarked;
