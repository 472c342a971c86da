package initrunner.audit;

/// Where the records of one chain begin and end. Immutable.
///
/// @param baseId of the last record before the first one that is kept
/// @param baseHash its signature; empty before the first record of all
/// @param tipId of the newest record; the same as `baseId` where none is kept
record Ends(long baseId, String baseHash, long tipId, String tipHash) {

  static final Ends NONE = new Ends(0, "", 0, "");

  /// Stands before a record where the chain was found cut or forged. No record has this signature,
  /// so that it stays visible there.
  static final String CUT = "0".repeat(64);

  Ends withTip(long id, String hash) {
    return new Ends(baseId, baseHash, id, hash);
  }

  Ends withBase(long id, String hash) {
    return new Ends(id, hash, tipId, tipHash);
  }

  /// The next record shows that something is wrong before it.
  Ends cut() {
    return withTip(tipId, CUT);
  }
}
