package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.ssh.process.SshProcessTransport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/// Any text at all comes back from a real remote shell, many in one command.
class RemoteQuotingTest {

  private static Optional<SshdExtension> server = Optional.empty();
  private static Optional<SshProcessTransport> opened = Optional.empty();

  @BeforeContainer
  static void open() {
    SshdExtension sshd = new SshdExtension();
    server = Optional.of(sshd);
    sshd.prepareAndStart();
    opened = Optional.of(new SshProcessTransport(sshd.target()));
  }

  @AfterContainer
  static void close() {
    opened.ifPresent(SshProcessTransport::close);
    server.ifPresent(SshdExtension::stopAndDelete);
  }

  @Property(tries = 10, shrinking = ShrinkingMode.OFF)
  void anyTextsArriveExactly(@ForAll("texts") List<String> texts) {
    List<String> argv = new ArrayList<>(List.of("printf", "%s\\0"));
    argv.addAll(texts);
    Captured captured = new Captured(1 << 22);
    assertThat(
            opened
                .orElseThrow()
                .run(Command.of("true").withArgv(argv), Limits.unbounded(), captured)
                .ended())
        .isEqualTo(new Exited(0));
    List<String> seen = new ArrayList<>(Arrays.asList(captured.stdoutText().split("\0", -1)));
    seen.removeLast();
    assertThat(seen).isEqualTo(texts);
  }

  /// Half of them of any character, half of those that mean something to a shell.
  @Provide
  Arbitrary<List<String>> texts() {
    Arbitrary<String> any = Arbitraries.strings().withCharRange('\u0001', '\uffff').ofMaxLength(30);
    Arbitrary<String> special =
        Arbitraries.strings()
            .withChars(" \t\n\r'\"\\$`!*?[]{}()<>|&;#~=%^-@+é\u00a0")
            .ofMaxLength(15);
    return Arbitraries.oneOf(any, special).map(RemoteQuotingTest::encodable).list().ofSize(100);
  }

  /// Half of a surrogate pair has no bytes in UTF-8.
  private static String encodable(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
