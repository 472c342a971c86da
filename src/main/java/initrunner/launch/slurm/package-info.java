/// Commands as jobs of a Slurm cluster.
@NullMarked
package initrunner.launch.slurm;

import org.jspecify.annotations.NullMarked;
