/// `exec --hosts`: one command of a person on many hosts.
@NullMarked
package initrunner.cli.hosts;

import org.jspecify.annotations.NullMarked;
