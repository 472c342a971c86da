package initrunner.audit;

import initrunner.text.FileFailure;
import initrunner.text.RegularFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// The ends of a record, kept beside the key: a program that can write the database but not this
/// cannot cut the record or put an older copy back unseen. Immutable; several processes may write
/// one file.
///
/// It is written after the database, so it may be behind it and is never ahead. Two slots are
/// written in turn, each in a block of its own: of one that a crash left half written, the other
/// one stands.
///
/// @param file named like the record, in a directory beside the key
record EndsFile(Path file) {

  private static final String DIRECTORY = "audit_ends";
  private static final int SLOT_BYTES = 4096;
  private static final int SLOTS = 2;
  private static final String DATABASE = "database ";
  private static final String SIGNATURE = "signature ";

  /// What one says.
  ///
  /// @param database which one it is about, as a digest of its path
  record Kept(RecordEnds ends, String database) {}

  /// What is known beside the key about a database.
  ///
  /// @param kept the newest for each record that is or was in this place
  /// @param unreadable whether there is one about this database that is not signed with this key
  record Known(List<Kept> kept, boolean unreadable) {

    static final Known NOTHING = new Known(List.of(), false);

    Known {
      kept = List.copyOf(kept);
    }

    Optional<RecordEnds> of(String recordId) {
      return kept.stream()
          .map(Kept::ends)
          .filter(ends -> ends.recordId().equals(recordId))
          .max(Comparator.comparingLong(RecordEnds::progress));
    }

    /// The newest of them all.
    Optional<RecordEnds> newest() {
      return kept.stream().map(Kept::ends).max(Comparator.comparingLong(RecordEnds::progress));
    }
  }

  static EndsFile of(ChainKey key, String recordId) {
    return new EndsFile(directory(key).resolve(recordId));
  }

  static Path directory(ChainKey key) {
    return key.file().toAbsolutePath().resolveSibling(DIRECTORY);
  }

  /// What tells the place of a database from every other.
  static String placeOf(Path database) {
    return HexFormat.of().formatHex(sha256(real(database).toString()));
  }

  private static Path real(Path database) {
    Path absolute = database.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    try {
      return parent == null ? absolute : parent.toRealPath().resolve(absolute.getFileName());
    } catch (IOException e) {
      return absolute;
    }
  }

  /// What is kept here; empty where there is nothing, or it is not signed with this key.
  ///
  /// @throws AuditException if it cannot be read
  Optional<RecordEnds> read(Hmac key) {
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    try {
      return newest(slots(file), key).map(Kept::ends);
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  /// All that is kept about this place, and about this record wherever it was.
  ///
  /// @param recordId empty where the database does not say
  /// @throws AuditException if it cannot be read
  static Known about(ChainKey key, Hmac hmac, Path database, Optional<String> recordId) {
    String place = placeOf(database);
    List<Kept> kept = new ArrayList<>();
    boolean unreadable = false;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory(key))) {
      for (Path file : files) {
        byte[] slots = slots(file);
        Optional<Kept> read = newest(slots, hmac);
        if (read.isPresent()) {
          boolean isAbout =
              read.get().database().equals(place)
                  || recordId.filter(read.get().ends().recordId()::equals).isPresent();
          read.filter(_ -> isAbout).ifPresent(kept::add);
        } else {
          unreadable |=
              isOf(slots, place)
                  || recordId.filter(String.valueOf(file.getFileName())::equals).isPresent();
        }
      }
    } catch (NoSuchFileException e) {
      return Known.NOTHING;
    } catch (IOException e) {
      throw unusable(directory(key), e);
    }
    return new Known(kept, unreadable);
  }

  /// Whether anything is kept about this place, under any key.
  static boolean isKnown(ChainKey key, Path database) {
    try {
      return !allAbout(key, database).isEmpty();
    } catch (IOException e) {
      throw unusable(directory(key), e);
    }
  }

  /// The files about this place, under any key.
  static List<EndsFile> allAbout(ChainKey key, Path database) throws IOException {
    String place = placeOf(database);
    List<EndsFile> about = new ArrayList<>();
    if (Files.isDirectory(directory(key))) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory(key))) {
        for (Path file : files) {
          if (isOf(slots(file), place)) {
            about.add(new EndsFile(file));
          }
        }
      }
    }
    return about;
  }

  private static boolean isOf(byte[] slots, String place) {
    return text(slots, 0).contains(DATABASE + place) || text(slots, 1).contains(DATABASE + place);
  }

  private static byte[] slots(Path file) throws IOException {
    RegularFile.requireRegular(file);
    byte[] content = new byte[SLOTS * SLOT_BYTES];
    try (RandomAccessFile from = new RandomAccessFile(file.toFile(), "r")) {
      int read = 0;
      int more = from.read(content);
      while (more > 0) {
        read += more;
        more = from.read(content, read, content.length - read);
      }
    }
    return content;
  }

  private static String text(byte[] slots, int slot) {
    int begin = slot * SLOT_BYTES;
    int end = begin;
    while (end < begin + SLOT_BYTES && slots[end] != 0) {
      end++;
    }
    return new String(slots, begin, end - begin, StandardCharsets.US_ASCII);
  }

  private static Optional<Kept> newest(byte[] slots, Hmac key) {
    Optional<Kept> newest = kept(text(slots, 0), key);
    Optional<Kept> other = kept(text(slots, 1), key);
    return newest.isEmpty() || other.filter(o -> isNewer(o, newest.get())).isPresent()
        ? other
        : newest;
  }

  private static boolean isNewer(Kept one, Kept other) {
    return one.ends().progress() > other.ends().progress();
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
    String place = text.substring(database + DATABASE.length(), signature - 1);
    return RecordEnds.parse(text.substring(0, database)).map(ends -> new Kept(ends, place));
  }

  /// Keeps these ends, unless newer ones are kept already. Not synced, but where it is made: after
  /// a power cut it may be behind.
  ///
  /// @throws AuditException if they cannot be kept
  void write(RecordEnds ends, Path database, Hmac key) {
    Kept now = new Kept(ends, placeOf(database));
    try {
      if (Files.notExists(file)) {
        create(now, key);
        return;
      }
      byte[] slots = slots(file);
      Optional<Kept> kept = newest(slots, key);
      if (kept.isPresent() && (kept.get().equals(now) || isNewer(kept.get(), now))) {
        return;
      }
      int slot = kept.isPresent() && kept.equals(kept(text(slots, 0), key)) ? 1 : 0;
      // No channel: an interrupt would close it.
      try (RandomAccessFile to = new RandomAccessFile(file.toFile(), "rw")) {
        to.seek((long) slot * SLOT_BYTES);
        to.write(slot(now, key));
      }
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private void create(Kept kept, Hmac key) throws IOException {
    Path directory = Optional.ofNullable(file.getParent()).orElse(file);
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    // Made with mode 0600.
    Path temporary = Files.createTempFile(directory.getParent(), ".audit_ends", "");
    try {
      // Synced.
      try (RandomAccessFile to = new RandomAccessFile(temporary.toFile(), "rws")) {
        to.write(slot(kept, key));
      }
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException e) {
      // Another process made it, and writes its own next record there.
    } finally {
      Files.delete(temporary);
    }
  }

  /// Keeps the ends of a record whose database was moved.
  void moved(RecordEnds ends, Path database, Hmac key) throws IOException {
    Path temporary =
        Files.createTempFile(Optional.ofNullable(file.getParent()).orElse(file), ".moved", "");
    Files.write(temporary, slot(new Kept(ends, placeOf(database)), key));
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
        "What is kept of the record beside its key, "
            + file
            + ", cannot be used: "
            + FileFailure.reason(e),
        FileFailure.remedy(e, "Make it yours and writable for you"),
        e);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
