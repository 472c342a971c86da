package initrunner.audit;

import initrunner.text.FileFailure;
import initrunner.text.Hmac;
import initrunner.text.OwnersFile;
import initrunner.text.RegularFile;
import initrunner.text.Sha256;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The ends of an audit log, kept beside the key: a program that can write the database but not
/// this cannot cut the log or put an older copy back unseen. Immutable; several processes may write
/// one file.
///
/// It is written after the database, so it may be behind it and is never ahead. Two slots are
/// written in turn, each in a block of its own: if a crash leaves one half written, the other one
/// is whole.
///
/// @param file named like the audit log, in a directory beside the key
record EndsFile(Path file) {

  private static final String DIRECTORY = "audit_ends";
  private static final int SLOT_BYTES = 4096;
  private static final String DATABASE = "database ";
  private static final String SIGNATURE = "signature ";

  private static final Comparator<Kept> BY_PROGRESS =
      Comparator.comparingLong(kept -> kept.ends().progress());

  /// What one says.
  ///
  /// @param database which one it is about, as a digest of its path
  record Kept(LogEnds ends, String database) {}

  /// What is known beside the key about a database.
  ///
  /// @param kept the newest for each audit log that is or was at this path
  /// @param unreadable whether there is one about this database that is not signed with this key
  record Known(List<Kept> kept, boolean unreadable) {

    static final Known NOTHING = new Known(List.of(), false);

    Known {
      kept = List.copyOf(kept);
    }

    Optional<LogEnds> of(String logId) {
      return kept.stream()
          .filter(each -> each.ends().logId().equals(logId))
          .max(BY_PROGRESS)
          .map(Kept::ends);
    }

    /// The newest of them all.
    Optional<LogEnds> newest() {
      return kept.stream().max(BY_PROGRESS).map(Kept::ends);
    }
  }

  static EndsFile of(ChainKey key, String logId) {
    return new EndsFile(directory(key).resolve(logId));
  }

  static Path directory(ChainKey key) {
    return key.file().toAbsolutePath().resolveSibling(DIRECTORY);
  }

  /// A digest of the real path of a database.
  static String pathDigest(Path database) {
    Path absolute = database.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    Path real = absolute;
    try {
      real = parent == null ? absolute : parent.toRealPath().resolve(absolute.getFileName());
    } catch (IOException e) {
      // Its directory is not there, or cannot be read.
    }
    return Sha256.hex(real.toString().getBytes(StandardCharsets.UTF_8));
  }

  /// What is kept here; empty where there is nothing, or it is not signed with this key.
  ///
  /// @throws AuditException if it cannot be read
  Optional<LogEnds> read(Hmac key) {
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    try {
      return newest(slots(), key).map(Kept::ends);
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  /// All that is kept about this path, and about this audit log wherever it was.
  ///
  /// @param logId empty where the database does not say
  /// @throws AuditException if it cannot be read
  static Known about(ChainKey key, Hmac hmac, Path database, Optional<String> logId) {
    String path = pathDigest(database);
    List<Kept> kept = new ArrayList<>();
    boolean unreadable = false;
    try {
      for (EndsFile each : all(key)) {
        List<String> slots = each.slots();
        Optional<Kept> read = newest(slots, hmac);
        String id =
            read.map(one -> one.ends().logId()).orElse(String.valueOf(each.file().getFileName()));
        boolean isAbout =
            logId.filter(id::equals).isPresent()
                || read.map(one -> one.database().equals(path)).orElse(isOf(slots, path));
        if (isAbout) {
          read.ifPresent(kept::add);
          unreadable |= read.isEmpty();
        }
      }
    } catch (IOException e) {
      throw unusable(directory(key), e);
    }
    return new Known(kept, unreadable);
  }

  /// Whether anything is kept about this path, under any key.
  static boolean isKnown(ChainKey key, Path database) {
    try {
      return !allAbout(key, database).isEmpty();
    } catch (IOException e) {
      throw unusable(directory(key), e);
    }
  }

  /// The files about this path, under any key.
  static List<EndsFile> allAbout(ChainKey key, Path database) throws IOException {
    String path = pathDigest(database);
    List<EndsFile> about = new ArrayList<>();
    for (EndsFile each : all(key)) {
      if (isOf(each.slots(), path)) {
        about.add(each);
      }
    }
    return about;
  }

  private static List<EndsFile> all(ChainKey key) throws IOException {
    List<EndsFile> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory(key))) {
      files.forEach(file -> all.add(new EndsFile(file)));
    } catch (NoSuchFileException e) {
      // Nothing was kept yet.
    }
    return all;
  }

  private static boolean isOf(List<String> slots, String path) {
    return slots.stream().anyMatch(slot -> slot.contains(DATABASE + path));
  }

  /// The texts of both slots. No channel reads or writes them: an interrupt would close it.
  private List<String> slots() throws IOException {
    RegularFile.requireRegular(file);
    try (FileInputStream from = new FileInputStream(file.toFile())) {
      byte[] content = Arrays.copyOf(from.readNBytes(2 * SLOT_BYTES), 2 * SLOT_BYTES);
      return Stream.of(0, SLOT_BYTES)
          .map(begin -> new String(content, begin, SLOT_BYTES, StandardCharsets.US_ASCII))
          .map(slot -> slot.substring(0, slot.indexOf(0) < 0 ? SLOT_BYTES : slot.indexOf(0)))
          .toList();
    }
  }

  private static Optional<Kept> newest(List<String> slots, Hmac key) {
    return slots.stream().flatMap(slot -> kept(slot, key).stream()).max(BY_PROGRESS);
  }

  private static Optional<Kept> kept(String text, Hmac key) {
    int signature = text.indexOf(SIGNATURE);
    int database = text.indexOf(DATABASE);
    if (database < 0 || signature < database) {
      return Optional.empty();
    }
    String signed = text.substring(0, signature);
    if (!text.equals(signed + SIGNATURE + key.sign(signed) + "\n")) {
      return Optional.empty();
    }
    String path = text.substring(database + DATABASE.length(), signature - 1);
    return LogEnds.parse(text.substring(0, database)).map(ends -> new Kept(ends, path));
  }

  /// Keeps these ends, unless newer ones are kept already. Waits for the disk only where the file
  /// is made: after a power cut it may be behind.
  ///
  /// @throws AuditException if they cannot be kept
  Slot write(LogEnds ends, Path database, Hmac key) {
    Kept now = new Kept(ends, pathDigest(database));
    try {
      if (Files.notExists(file)) {
        Path directory = OwnersFile.createDirectories(directoryOf(file));
        // Outside of it, as other processes read all that is in it. If one of them makes the file
        // first, it stays, and that process writes its own next record there.
        OwnersFile.createWhole(file, slot(now, key), directoryOf(directory));
        return new Slot(file, 0, now.database());
      }
      List<String> slots = slots();
      Optional<Kept> kept = newest(slots, key);
      boolean isFirstNewest = kept.isPresent() && kept.equals(kept(slots.getFirst(), key));
      Slot newest = new Slot(file, isFirstNewest ? 0 : 1, now.database());
      return kept.isPresent()
              && (kept.get().equals(now) || BY_PROGRESS.compare(kept.get(), now) > 0)
          ? newest
          : newest.next(ends, key).orElse(newest);
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  /// The one of the two slots that holds the newest ends.
  ///
  /// @param database which one they are about, as a digest of its path
  record Slot(Path file, int number, String database) {

    /// Keeps later ends in the other slot; not where there is no file any more.
    ///
    /// @return the other slot
    Optional<Slot> next(LogEnds ends, Hmac key) {
      if (Files.notExists(file)) {
        return Optional.empty();
      }
      Slot other = new Slot(file, 1 - number, database);
      try (RandomAccessFile to = new RandomAccessFile(file.toFile(), "rw")) {
        to.seek((long) other.number * SLOT_BYTES);
        to.write(slot(new Kept(ends, database), key));
      } catch (IOException e) {
        throw unusable(file, e);
      }
      return Optional.of(other);
    }
  }

  private static Path directoryOf(Path file) {
    return Optional.ofNullable(file.getParent()).orElse(file);
  }

  /// Keeps the ends of an audit log whose database was moved.
  void moved(LogEnds ends, Path database, Hmac key) throws IOException {
    Path temporary =
        Files.createTempFile(OwnersFile.createDirectories(directoryOf(file)), ".moved", "");
    Files.write(temporary, slot(new Kept(ends, pathDigest(database)), key));
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static byte[] slot(Kept kept, Hmac key) {
    String signed = kept.ends().text() + DATABASE + kept.database() + "\n";
    String text = signed + SIGNATURE + key.sign(signed) + "\n";
    return Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), SLOT_BYTES);
  }

  private static AuditException unusable(Path file, IOException e) {
    return new AuditException(
        "The copy of the audit log's ends beside its key, "
            + file
            + ", cannot be used: "
            + FileFailure.reason(e),
        FileFailure.remedy(e, "Make it yours and writable for you"),
        e);
  }
}
