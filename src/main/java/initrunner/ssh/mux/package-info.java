/// The protocol of a master's control socket in proxy mode (OpenSSH `PROTOCOL.mux`): sockets,
/// frames, channels.
@NullMarked
package initrunner.ssh.mux;

import org.jspecify.annotations.NullMarked;
