package initrunner.ssh;

/// What a connection was found to be like.
///
/// @param posixShell whether the login shell reads POSIX quoting back exactly; to others commands
///   go on their input
/// @param quietShell whether it writes nothing of its own to a command's output
/// @param sessions how many were had at once over one connection, up to the number asked for
public record SshFacts(boolean posixShell, boolean quietShell, int sessions) {}
