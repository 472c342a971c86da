package initrunner.exec.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Command;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalTerminalTest extends TerminalContract {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  @TempDir static Path directory;

  private final LocalTransport transport = new LocalTransport(System.getenv());

  @Override
  protected Outcome run(Command command, Limits limits, TypedTerminal typed) {
    return transport.run(command, limits, typed);
  }

  @Test
  void itIsTheTerminalOfTheCommandsSession() {
    TypedTerminal typed = new TypedTerminal(80, 24);
    transport.run(
        Command.of("sh", "-c", "tty; echo /dev/$(ps -o tty= -p $$)").withStdin(typed.stdin()),
        Limits.unbounded(),
        typed);
    List<String> names = typed.shown().lines().toList();
    assertThat(names.getFirst()).startsWith("/dev/pts/").isEqualTo(names.getLast());
  }

  @Test
  void aSecretIsAskedWhileALineIsTakenWithoutAnEcho() {
    TypedTerminal typed = new TypedTerminal(80, 24);
    AtomicReference<Optional<Boolean>> before = new AtomicReference<>(typed.stdin().asksSecret());
    assertThat(before.get()).isEmpty();
    AtomicReference<Optional<Boolean>> during = new AtomicReference<>(Optional.empty());
    typed.whenShown(
        "begin",
        () -> {
          before.set(typed.stdin().asksSecret());
          typed.type("go\r");
          typed.whenShown(
              "Password: ",
              () -> {
                during.set(typed.stdin().asksSecret());
                typed.type("kept quiet\r");
              });
        });
    String script =
        "echo begin; read -r _; stty -echo; printf 'Password: '; read -r word; stty echo; exec true";
    transport.run(
        Command.of("sh", "-c", script).withStdin(typed.stdin()), Limits.unbounded(), typed);

    assertThat(before.get()).contains(false);
    assertThat(during.get()).contains(true);
    assertThat(typed.stdin().asksSecret()).isEmpty();
    assertThat(typed.shown()).doesNotContain("kept");
  }

  @Test
  void noDescriptorIsLeftOpen() throws Exception {
    aCallWithATerminal();
    int before = open();
    for (int i = 0; i < 5; i++) {
      aCallWithATerminal();
    }
    while (open() > before) {
      Thread.onSpinWait();
    }
  }

  private void aCallWithATerminal() {
    TypedTerminal typed = new TypedTerminal(80, 24);
    transport.run(Command.of("true").withStdin(typed.stdin()), Limits.unbounded(), typed);
  }

  private static int open() throws IOException {
    try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
      return Math.toIntExact(descriptors.count());
    }
  }

  @Test
  void withoutSetsidNothingIsStarted() throws Exception {
    Files.createSymbolicLink(directory.resolve("touch"), Path.of("/usr/bin/touch"));
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("PATH", directory.toString());
    Path made = directory.resolve("made");
    TypedTerminal typed = new TypedTerminal(80, 24);
    Command touch = Command.of("touch", made.toString()).withStdin(typed.stdin());
    try (LocalTransport poor = new LocalTransport(environment)) {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> poor.run(touch, Limits.unbounded(), typed))
          .withMessageContaining("setsid")
          .matches(refusal -> refusal.kind() == Kind.LOCAL_LIMIT);
    }
    assertThat(made).doesNotExist();
  }
}
