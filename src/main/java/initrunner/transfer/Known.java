package initrunner.transfer;

import initrunner.transfer.tree.Stamp;
import initrunner.transfer.tree.Version;
import java.util.Optional;

/// What the last exchange left of a name, the same on both sides.
///
/// @param here what this machine said of it then; empty if a later change could look the same
/// @param there the same of the host
record Known(Version version, Optional<Stamp> here, Optional<Stamp> there) {}
