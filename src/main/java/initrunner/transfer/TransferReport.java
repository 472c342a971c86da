package initrunner.transfer;

import java.util.List;
import java.util.stream.Stream;

/// What an exchange did. Names are not yet safe for a terminal.
///
/// @param sent names that the host has now as they are here
/// @param fetched names that are here now as the host has them
/// @param removedThere names that were removed on the host
/// @param removedHere names that were removed here
/// @param conflicts names of which nothing was written, each with the reason
/// @param left names that differ, and that these rules leave as they are
/// @param refused names that could not be read or may not be written, each with the reason
/// @param missing names that were asked for and that the host does not have, if it is asked for
///   them; empty for the root of a tree
/// @param same how many files and links were the same on both sides
/// @param files how many files and links were moved, without directories
/// @param bytes the sizes of the files that were moved
/// @param manifest the SHA-256 over all names and versions that were moved or removed
public record TransferReport(
    List<String> sent,
    List<String> fetched,
    List<String> removedThere,
    List<String> removedHere,
    List<Difference> conflicts,
    List<Left> left,
    List<String> refused,
    List<String> missing,
    int same,
    int files,
    long bytes,
    String manifest) {

  /// A name with the reason why it stays as it is on each side.
  public record Difference(String name, String reason) {}

  /// A name that differs and is left so.
  public record Left(String name, Held held) {}

  /// Which sides have a name.
  public enum Held {
    HERE,
    THERE,
    BOTH
  }

  public TransferReport {
    sent = List.copyOf(sent);
    fetched = List.copyOf(fetched);
    removedThere = List.copyOf(removedThere);
    removedHere = List.copyOf(removedHere);
    conflicts = List.copyOf(conflicts);
    left = List.copyOf(left);
    refused = List.copyOf(refused);
    missing = List.copyOf(missing);
    left = List.copyOf(left);
  }

  /// Whether all that was to be done is done.
  public boolean isComplete() {
    return conflicts.isEmpty() && refused.isEmpty() && missing.isEmpty();
  }

  /// The same with one more reason why it is not complete.
  TransferReport with(String reason) {
    return new TransferReport(
        sent,
        fetched,
        removedThere,
        removedHere,
        conflicts,
        left,
        Stream.concat(refused.stream(), Stream.of(reason)).toList(),
        missing,
        same,
        files,
        bytes,
        manifest);
  }
}
