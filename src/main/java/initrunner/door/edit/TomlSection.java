package initrunner.door.edit;

import initrunner.door.jsonrpc.Json;
import java.util.List;
import java.util.Optional;

/// What follows one header of a TOML text, up to the next header; or what stands in front of the
/// first one. Immutable.
///
/// @param kind of its header
/// @param start the offset of its header
/// @param headerEnd the offset behind the header's last bracket
/// @param path the header's names; empty for what stands in front of the first one
record TomlSection(Kind kind, int start, int headerEnd, List<String> path, List<Pair> pairs) {

  enum Kind {
    /// In front of the first header.
    ROOT,
    /// `[name]`
    TABLE,
    /// `[[name]]`
    ELEMENT
  }

  /// A key and its value. Numbers and times are [Json.Num] as they are written.
  ///
  /// @param start the offset of the key
  /// @param valueStart the offset of the value
  /// @param end the offset behind the value
  record Pair(int start, List<String> key, int valueStart, int end, Json value) {}

  TomlSection {
    path = List.copyOf(path);
    pairs = List.copyOf(pairs);
  }

  Optional<Pair> pair(String key) {
    return pairs.stream().filter(each -> each.key().equals(List.of(key))).findFirst();
  }

  /// The offset behind the last thing that is not a comment.
  int end() {
    return pairs.isEmpty() ? headerEnd : pairs.getLast().end();
  }
}
