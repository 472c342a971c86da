/// What another agent asks before it calls one of its own tools, which act on this machine.
@NullMarked
package initrunner.door.hook;

import org.jspecify.annotations.NullMarked;
