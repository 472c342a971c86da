package initrunner.launch;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrailerSinkTest {

  private static final Trailer TRAILER = new Trailer("@initrunner-end-0a1b");

  @Test
  void theTrailerIsTakenOffHoweverTheBytesAreCut() {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      String own = "e".repeat(random.nextInt(400)) + (round % 3 == 0 ? "\n" : "");
      Captured captured = new Captured(10_000);
      TrailerSink sink = new TrailerSink(captured, TRAILER);
      byte[] all = (own + "\n@initrunner-end-0a1b 7 ended\n").getBytes(StandardCharsets.UTF_8);
      for (int at = 0; at < all.length; ) {
        int length = Math.min(all.length - at, 1 + random.nextInt(200));
        sink.stderr(ByteBuffer.wrap(all, at, length).asReadOnlyBuffer());
        at += length;
      }
      assertThat(sink.finish()).contains(new Trailer.End(7, Trailer.Cause.ENDED));
      assertThat(captured.stderrText()).isEqualTo(own);
    }
  }

  @Test
  void onATerminalItIsASequenceThatEchoedKeysMaySurround() {
    Trailer trailer = new Trailer("@initrunner-end-0a1b", MarkForm.SEQUENCE);
    Captured captured = new Captured(10_000);
    TrailerSink sink = new TrailerSink(captured, trailer);
    say(sink, "user@\n\033[0m");
    assertThat(captured.stderrText()).isEqualTo("user@\n\033[0m");
    say(sink, "x\r\n\033_@initrunner-end-0a1b 7 ended");
    assertThat(captured.stderrText()).isEqualTo("user@\n\033[0mx\r\n");
    say(sink, "\033\\typed\r\n");
    assertThat(sink.finish()).contains(new Trailer.End(7, Trailer.Cause.ENDED));
    assertThat(captured.stderrText()).isEqualTo("user@\n\033[0mx\r\n");
  }

  private static void say(TrailerSink sink, String text) {
    sink.stderr(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void withoutATrailerNothingIsTakenOff() {
    for (String text :
        new String[] {
          "",
          "plain\n",
          "\n@initrunner-end-0a1b\n",
          "\n@initrunner-end-ffff 0 ended\n",
          "\n@initrunner-end-0a1b 0 won\n",
          "\n@initrunner-end-0a1b 0 ended\nand more\n"
        }) {
      Captured captured = new Captured(10_000);
      TrailerSink sink = new TrailerSink(captured, TRAILER);
      sink.stderr(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      assertThat(sink.finish()).isEqualTo(Optional.empty());
      assertThat(captured.stderrText()).isEqualTo(text);
    }
  }

  @Test
  void whatStandsBetweenTwoTrailersIsNotTheCommandsOwn() {
    String first = "own\n\n@initrunner-end-0a1b 3 ended\nsrun: task 0: Exited\n";
    assertThat(told(first + "\n@initrunner-end-0a1b 1 closed\n"))
        .isEqualTo(new Said("own\n", Optional.of(new Trailer.End(3, Trailer.Cause.ENDED))));
    assertThat(told(first + "\n@initrunner-end-0a1b 1 oom\n"))
        .isEqualTo(new Said("own\n", Optional.of(new Trailer.End(3, Trailer.Cause.OOM))));
  }

  @Test
  void theLastOfSeveralTrailersIsBelieved() {
    String lie = "own\n\n@initrunner-end-0a1b 0 unstarted\n";
    String truth = "\n@initrunner-end-0a1b 3 ended\n";
    Said said = new Said(lie, Optional.of(new Trailer.End(3, Trailer.Cause.ENDED)));
    assertThat(told(lie + truth)).isEqualTo(said);
    assertThat(told(lie + truth + "\n@initrunner-end-0a1b 1 closed\n")).isEqualTo(said);
  }

  @Test
  void whoKnowsWhatACallIsCalledKnowsNotItsMark() {
    assertThat(Trailer.of("0a1b")).isEqualTo(Trailer.of("0a1b")).isNotEqualTo(Trailer.of("0a1c"));
    assertThat(Trailer.of("0a1b").mark()).matches("@initrunner-end-[0-9a-f]{24}");
  }

  /// The same class once more is as another process: what it makes of a name is its own.
  @Test
  void aMarkCannotBeMadeOfTheNameOfACallAndTheCode() throws Exception {
    URL[] code = {Trailer.class.getProtectionDomain().getCodeSource().getLocation()};
    try (URLClassLoader other = new URLClassLoader(code, ClassLoader.getPlatformClassLoader())) {
      Object trailer =
          other
              .loadClass(Trailer.class.getName())
              .getMethod("of", String.class)
              .invoke(null, "0a1b");
      assertThat(trailer.toString())
          .startsWith("Trailer[mark=@initrunner-end-")
          .isNotEqualTo(Trailer.of("0a1b").toString());
    }
  }

  @Test
  void whatElseRanOutOfMemoryIsNotTheEndOfACommandThatSucceeded() {
    String first = "own\n\n@initrunner-end-0a1b 0 ended\nOut Of Memory\n";
    assertThat(told(first + "\n@initrunner-end-0a1b 137 oom\n"))
        .isEqualTo(new Said("own\n", Optional.of(new Trailer.End(0, Trailer.Cause.ENDED))));
  }

  @Test
  void aLastWordAloneSaysNothingOfTheCommand() {
    assertThat(told("srun: Node failure\n\n@initrunner-end-0a1b 0 closed\n"))
        .isEqualTo(new Said("srun: Node failure\n", Optional.empty()));
  }

  @Test
  void whatIsNoTrailerIsHandedOnAtOnce() {
    Captured captured = new Captured(10_000);
    TrailerSink sink = new TrailerSink(captured, TRAILER);
    sink.stderr(ByteBuffer.wrap("job 7 queued\n".getBytes(StandardCharsets.UTF_8)));
    assertThat(captured.stderrText()).isEqualTo("job 7 queued");
    sink.stderr(ByteBuffer.wrap("and so on".getBytes(StandardCharsets.UTF_8)));
    assertThat(captured.stderrText()).isEqualTo("job 7 queued\nand so on");
    sink.stderr(ByteBuffer.wrap("\n@initrunner-end-0a1b 0".getBytes(StandardCharsets.UTF_8)));
    assertThat(captured.stderrText()).isEqualTo("job 7 queued\nand so on");
  }

  /// What begins as a trailer and goes on as none is not kept until the memory is full.
  @Test
  void noMoreIsKeptBackThanATrailerCanBeLong() {
    Captured captured = new Captured(100_000);
    TrailerSink sink = new TrailerSink(captured, TRAILER);
    String endless = "\n@initrunner-end-0a1b ".repeat(3) + "x".repeat(20_000);
    sink.stderr(ByteBuffer.wrap(endless.getBytes(StandardCharsets.UTF_8)));
    assertThat(captured.stderrBytes()).isGreaterThanOrEqualTo(endless.length() - Trailer.MAX_BYTES);
    String end = "\n@initrunner-end-0a1b 7 ended\n";
    sink.stderr(ByteBuffer.wrap(end.getBytes(StandardCharsets.UTF_8)));
    assertThat(sink.finish()).contains(new Trailer.End(7, Trailer.Cause.ENDED));
    assertThat(captured.stderrText()).isEqualTo(endless);
  }

  private record Said(String own, Optional<Trailer.End> end) {}

  private static Said told(String text) {
    Captured captured = new Captured(10_000);
    TrailerSink sink = new TrailerSink(captured, TRAILER);
    sink.stderr(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    Optional<Trailer.End> end = sink.finish();
    return new Said(captured.stderrText(), end);
  }
}
