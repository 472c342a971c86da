package initrunner.runtime.moved;

import initrunner.exec.Captured;
import initrunner.exec.Sink;
import initrunner.runtime.moved.LocalFiles.Place;
import initrunner.runtime.moved.LocalFiles.Way;
import initrunner.text.FileFailure;
import initrunner.text.Sha256;
import initrunner.tool.Plan.Fetched;
import initrunner.tool.Plan.Fetched.Existing;
import initrunner.tool.Shown;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes a file of the host: a line with its size and SHA-256, then its bytes. They go to a
/// temporary file beside the target, which closing removes. The host is not trusted: more bytes
/// than it announced, or than there may be, end the call. An interrupt ends no write. One thread
/// writes, and places the file after the call.
final class Incoming implements Sink, AutoCloseable {

  private static final Pattern HEADER = Pattern.compile("([0-9]{1,18}) ([0-9a-f]{64})");
  private static final int MOST_HEADER_BYTES = 100;
  private static final int MOST_COMPLAINT_BYTES = 4096;
  private static final Set<PosixFilePermission> OWNERS =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  /// An open temporary file, and what is to come.
  private record Begun(
      Place place, Path temporary, OutputStream stream, long size, String sha256, boolean isNew) {}

  private final LocalFiles files;
  private final Fetched plan;
  private final Captured complaints = new Captured(MOST_COMPLAINT_BYTES);
  private final ByteArrayOutputStream header = new ByteArrayOutputStream();
  private final MessageDigest digest = Sha256.digest();
  private Optional<Begun> begun = Optional.empty();
  private long received;

  /// @throws LocalRefusalException if the target may not be written
  Incoming(LocalFiles files, Fetched plan) throws IOException {
    this.files = files;
    this.plan = plan;
    Optional<BasicFileAttributes> ignored = replaceable(files.toWrite(plan.local(), Way.TRIED));
  }

  private Optional<BasicFileAttributes> replaceable(Place place) throws IOException {
    Optional<BasicFileAttributes> found = LocalFiles.regular(plan.local(), place);
    if (found.isPresent() && plan.existing() == Existing.STAYS) {
      throw stays();
    }
    if (found.isPresent() && !Files.isWritable(place.file())) {
      throw new LocalRefusalException("'" + plan.local() + "' is not writable on this machine");
    }
    return found;
  }

  private LocalRefusalException stays() {
    return new LocalRefusalException(
        "'"
            + plan.local()
            + "' is there already on this machine, and stays as it is: set overwrite to replace it");
  }

  @Override
  public void stdout(ByteBuffer bytes) {
    try {
      while (begun.isEmpty() && bytes.hasRemaining()) {
        byte next = bytes.get();
        if (next == '\n') {
          begun = Optional.of(begin(header.toString(StandardCharsets.US_ASCII)));
        } else if (header.size() < MOST_HEADER_BYTES) {
          header.write(next);
        } else {
          throw noFile();
        }
      }
      if (begun.isPresent()) {
        write(begun.get(), bytes);
      }
    } catch (IOException e) {
      throw new LocalRefusalException(
          "'" + plan.local() + "' cannot be written here (" + FileFailure.reason(e) + ")");
    }
  }

  private static LocalRefusalException noFile() {
    return new LocalRefusalException(
        "what arrived is no file: another program on the host prints into the call, such as an rc"
            + " file of the login shell");
  }

  private Begun begin(String line) throws IOException {
    Matcher announced = HEADER.matcher(line);
    if (!announced.matches()) {
      throw noFile();
    }
    long size = Long.parseLong(announced.group(1));
    if (size > plan.maxBytes()) {
      throw new LocalRefusalException(
          "'"
              + plan.remote()
              + "' has "
              + size
              + " bytes, more than the "
              + plan.maxBytes()
              + " that may be fetched");
    }
    Place place = files.toWrite(plan.local(), Way.MADE);
    boolean isNew = replaceable(place).isEmpty();
    String random = Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36);
    Path temporary = place.directory().resolve(".initrunner-writing-" + random);
    Files.createFile(temporary);
    if (!isNew) {
      Files.setPosixFilePermissions(temporary, OWNERS);
    }
    return new Begun(
        place,
        temporary,
        new FileOutputStream(temporary.toFile()),
        size,
        announced.group(2),
        isNew);
  }

  private void write(Begun file, ByteBuffer bytes) throws IOException {
    if (bytes.remaining() > file.size() - received) {
      throw new LocalRefusalException(
          "the host sent more than the " + file.size() + " bytes that it announced");
    }
    byte[] part = new byte[bytes.remaining()];
    bytes.get(part);
    digest.update(part);
    file.stream().write(part);
    received += part.length;
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    complaints.stderr(bytes);
  }

  Captured complaints() {
    return complaints;
  }

  /// Puts the file in its place, if all of it has arrived.
  ///
  /// @return what was done, for the model
  /// @throws LocalRefusalException if it is not placed
  String place(String host) throws IOException {
    Begun file = begun.orElseThrow(() -> new LocalRefusalException("nothing arrived"));
    file.stream().close();
    String sha256 = HexFormat.of().formatHex(digest.digest());
    if (received != file.size() || !sha256.equals(file.sha256())) {
      throw new LocalRefusalException(
          "what arrived (%d bytes) is not what the host has (%d bytes): it changed meanwhile, or did not arrive whole"
              .formatted(received, file.size()));
    }
    files.requireUnmoved(plan.local(), file.place());
    if (replaceable(file.place()).isPresent()) {
      replace(file);
    } else {
      create(file);
    }
    return "Fetched %s from %s to %s: %s, %d bytes, SHA-256 %s."
        .formatted(
            Shown.name(plan.remote()),
            host,
            Shown.name(plan.local()),
            file.isNew() ? "created" : "replaced",
            received,
            sha256);
  }

  private static void replace(Begun file) throws IOException {
    Path target = file.place().file();
    Files.setPosixFilePermissions(file.temporary(), Files.getPosixFilePermissions(target));
    Files.move(
        file.temporary(),
        target,
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /// A link replaces no file that another program made meanwhile; closing removes the other name.
  private void create(Begun file) throws IOException {
    Path target = file.place().file();
    try {
      Files.createLink(target, file.temporary());
    } catch (FileAlreadyExistsException e) {
      throw stays();
    } catch (IOException | UnsupportedOperationException noLinks) {
      Files.move(file.temporary(), target);
    }
  }

  /// Removes what did not get to its place.
  @Override
  public void close() throws IOException {
    if (begun.isPresent()) {
      begun.get().stream().close();
      Files.deleteIfExists(begun.get().temporary());
    }
  }
}
