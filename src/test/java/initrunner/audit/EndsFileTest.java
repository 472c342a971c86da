package initrunner.audit;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.text.Hmac;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndsFileTest {

  private static final Hmac KEY = new Hmac(new byte[32]);
  private static final Hmac OTHER_KEY = new Hmac(new byte[] {1});
  private static final LogEnds NEW = LogEnds.ofNewLog();

  @TempDir private Path directory;
  private Path database;
  private ChainKey key;
  private EndsFile file;

  @BeforeEach
  void nameTheFiles() {
    database = directory.resolve("audit.db");
    key = ChainKey.beside(database);
    file = EndsFile.of(key, NEW.logId());
  }

  /// As they are after so many events.
  private static LogEnds after(long events) {
    return NEW.with(Chain.EVENTS, new LogEnds.Ends(0, "", events, "ab".repeat(32)));
  }

  @Test
  void whatIsKeptIsReadBackByTheKeyAlone() throws IOException {
    assertThat(file.read(KEY)).isEmpty();
    for (int events = 0; events < 5; events++) {
      file.write(after(events), database, KEY);
      assertThat(file.read(KEY)).contains(after(events));
    }
    assertThat(file.read(OTHER_KEY)).isEmpty();
    assertThat(Files.readString(file.file())).contains(NEW.logId());
    try (var left = Files.walk(directory).filter(Files::isRegularFile)) {
      assertThat(left).containsExactly(file.file());
    }
  }

  @Test
  void newerEndsAreNotReplacedByOlderOnes() {
    file.write(after(5), database, KEY);
    file.write(after(3), database, KEY);
    assertThat(file.read(KEY)).contains(after(5));
    file.write(after(6), database, KEY);
    file.write(after(3), database, KEY);
    assertThat(file.read(KEY)).contains(after(6));
  }

  @Test
  void ofTwoSlotsTheOtherStandsWhereOneIsHalfWritten() throws IOException {
    file.write(after(1), database, KEY);
    file.write(after(2), database, KEY);
    byte[] both = Files.readAllBytes(file.file());
    for (int slot : new int[] {0, 1}) {
      for (int at : new int[] {0, 30, 300}) {
        byte[] broken = both.clone();
        Arrays.fill(broken, slot * 4096 + at, slot * 4096 + at + 20, (byte) 'x');
        Files.write(file.file(), broken);
        assertThat(file.read(KEY)).contains(after(slot == 0 ? 2 : 1));
        file.write(after(3), database, KEY);
        assertThat(file.read(KEY)).contains(after(3));
      }
    }
    Files.write(file.file(), new byte[8192]);
    assertThat(file.read(KEY)).isEmpty();
    byte[] full = new byte[8192];
    Arrays.fill(full, (byte) 'x');
    Files.write(file.file(), full);
    assertThat(file.read(KEY)).isEmpty();
  }

  @Test
  void aRecordIsKnownByItsPlaceOrByItsIdAndWhatIsUnreadableIsSaid() {
    Optional<String> id = Optional.of(NEW.logId());
    Path elsewhere = directory.resolve("other.db");
    assertThat(EndsFile.about(key, KEY, database, id)).isEqualTo(EndsFile.Known.NOTHING);
    assertThat(EndsFile.isKnown(key, database)).isFalse();
    file.write(after(1), database, KEY);

    assertThat(EndsFile.about(key, KEY, database, Optional.empty()).newest()).contains(after(1));
    assertThat(EndsFile.about(key, KEY, elsewhere, id).of(NEW.logId())).contains(after(1));
    assertThat(EndsFile.about(key, KEY, elsewhere, Optional.empty()))
        .isEqualTo(EndsFile.Known.NOTHING);
    assertThat(EndsFile.about(key, OTHER_KEY, database, Optional.empty()).unreadable()).isTrue();
    assertThat(EndsFile.about(key, OTHER_KEY, elsewhere, id).unreadable()).isTrue();
    assertThat(EndsFile.about(key, OTHER_KEY, elsewhere, Optional.of("0")).unreadable()).isFalse();
    assertThat(EndsFile.isKnown(key, database)).isTrue();
    assertThat(EndsFile.isKnown(key, elsewhere)).isFalse();
  }

  @Test
  void aPlaceIsTheSameByALinkToItsDirectory() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
    assertThat(EndsFile.pathDigest(link.resolve("audit.db")))
        .isEqualTo(EndsFile.pathDigest(database));
    assertThat(EndsFile.pathDigest(directory.resolve("a/../audit.db")))
        .isEqualTo(EndsFile.pathDigest(database));
    assertThat(EndsFile.pathDigest(directory.resolve("other.db")))
        .isNotEqualTo(EndsFile.pathDigest(database));
  }
}
