package initrunner.runtime.terminals;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Command;
import initrunner.exec.transport.LocalTransport;
import initrunner.launch.Probe;
import initrunner.runtime.terminals.AttachFrame.Kind;
import initrunner.runtime.terminals.AttachSocket.Found;
import initrunner.text.SecretValues;
import initrunner.tool.Plan;
import initrunner.tool.Plan.TerminalRules;
import initrunner.tool.Plan.TerminalRules.Secrets;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A person attaches to a terminal of this machine, as another process does.
@Timeout(60)
class AttachTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Plan.ScreenWait QUIET =
      new Plan.ScreenWait(Optional.empty(), Duration.ofMillis(300), SOON);

  @TempDir private Path home;
  private final LocalTransport transport = new LocalTransport(System.getenv());
  private final List<String> notes = new CopyOnWriteArrayList<>();
  private Optional<TerminalCalls> opened = Optional.empty();
  private String id = "";

  @BeforeEach
  void open() {
    TerminalCalls calls = new TerminalCalls(home.resolve("terminals"));
    opened = Optional.of(calls);
    TerminalCalls.End end =
        calls
            .open(
                new Plan.TerminalOpened(
                    Command.of("sh", "-c", "PS1='$ ' exec sh -i"),
                    60,
                    10,
                    new TerminalRules(4, Optional.empty(), Secrets.THE_MODEL, 10_000),
                    QUIET),
                place(),
                transport::run)
            .orElseThrow();
    id = end.text().split(" ", 3)[1];
  }

  @AfterEach
  void close() {
    opened.ifPresent(TerminalCalls::close);
    transport.close();
  }

  private TerminalCalls.Place place() {
    Probe noHost = (_, _) -> new Probe.Answer(1, "", "");
    return new TerminalCalls.Place(
        "this machine",
        "agent/run1",
        false,
        noHost,
        new SecretValues(List.of()),
        Optional.empty(),
        what -> notes.add(what.get("did")));
  }

  private String typed(String text) {
    return make(new Plan.TerminalTyped(id, (_, _) -> text, QUIET));
  }

  private String make(Plan.AtTerminal plan) {
    return opened.orElseThrow().make(plan, place(), (sink, work) -> work.apply(sink)).text();
  }

  private Found attached() throws IOException {
    List<Found> found = AttachSocket.found(home.resolve("terminals"));
    assertThat(found).extracting(Found::id).containsExactly(id);
    AttachFrame.of(Kind.SIZE, "50 8").send(found.getFirst().channel());
    return found.getFirst();
  }

  /// What the person's terminal is told up to this text, without how it looks.
  private static String await(Found person, String text) throws IOException {
    Pattern pattern = Pattern.compile(text, Pattern.DOTALL);
    StringBuilder shown = new StringBuilder();
    while (!pattern.matcher(shown).find()) {
      Optional<AttachFrame> frame = AttachFrame.receive(person.channel());
      assertThat(frame).as("waiting for '%s' after:%n%s", text, shown).isPresent();
      shown.append(frame.get().text().replaceAll("\u001b\\[[?0-9;]*[A-Za-z]", "|"));
    }
    return shown.toString();
  }

  /// The same as it comes.
  private static String raw(Found person, String text) throws IOException {
    StringBuilder shown = new StringBuilder();
    while (shown.indexOf(text) < 0) {
      Optional<AttachFrame> frame = AttachFrame.receive(person.channel());
      assertThat(frame).as("waiting for '%s' after:%n%s", text, shown).isPresent();
      shown.append(frame.get().text());
    }
    return shown.toString();
  }

  private static void keys(Found person, String keys) throws IOException {
    AttachFrame.of(Kind.KEYS, keys).send(person.channel());
  }

  @Test
  void aPersonWatchesTakesOverAndGivesBack() throws Exception {
    typed("echo before\r");
    try (Found person = attached()) {
      await(person, "before.*you watch");
      assertThat(typed("echo of the model\r")).contains("\nof the model\n");
      await(person, "of the model");

      keys(person, "\r");
      await(person, "you type here");
      assertThat(typed("echo no\r")).contains("has taken this terminal over", "Nothing was typed");
      keys(person, "stty size; echo of a person\r");
      await(person, "7 50.*of a person");

      AttachFrame.of(Kind.GIVE, "").send(person.channel());
      await(person, "you watch");
      assertThat(typed("stty size\r")).contains("of a person", "10 60").doesNotContain("echo no");
    }
    assertThat(notes).startsWith("attached", "took_over", "gave_back");
  }

  @Test
  void aPersonWhoIsGoneHasGivenItBack() throws Exception {
    try (Found person = attached()) {
      keys(person, "\r");
      await(person, "you type here");
    }
    String shown = typed("echo again\r");
    for (int i = 0; i < 100 && shown.contains("Nothing was typed"); i++) {
      Thread.sleep(50);
      shown = typed("echo again\r");
    }
    assertThat(shown).contains("\nagain\n");
  }

  @Test
  void twoPersonsWatchAndOneHasIt() throws Exception {
    try (Found one = attached();
        Found other = attached()) {
      keys(one, "\r");
      await(one, "you type here");
      await(other, "has taken it over");
      keys(other, "\r");
      keys(other, "echo no\r");
      // The other's keys have arrived before this.
      AttachFrame.of(Kind.SIZE, "51 8").send(other.channel());
      await(other, "has taken it over");
      keys(one, "echo yes\r");
      assertThat(await(one, "yes.*yes")).doesNotContain("echo no");
    }
  }

  @Test
  void theEndIsToldAndTheSocketGone() throws Exception {
    try (Found person = attached()) {
      await(person, "you watch");
      typed("exit 3\r");
      await(person, "has ended with exit code 3");
    }
    assertThat(AttachSocket.found(home.resolve("terminals"))).isEmpty();
    assertThat(home.resolve("terminals")).isEmptyDirectory();
  }

  @Test
  void whatAProgramWritesForATerminalIsNotPassedOn() throws Exception {
    try (Found person = attached()) {
      await(person, "you watch");
      typed("printf '\\033]52;c;YQ==\\007\\033]0;title\\007\\033[6n\\033[?1000hend'; cat\r");
      assertThat(raw(person, "end^[["))
          .doesNotContain("\u0007", "\u001b]", "\u001b[6n", "\u001b[?1000h");
    }
  }

  @Test
  void whatIsNoMessageEndsTheConnectionAlone() throws Exception {
    try (Found person = attached()) {
      person.channel().write(ByteBuffer.wrap("no message at all".getBytes(StandardCharsets.UTF_8)));
    }
    assertThat(typed("echo goes on\r")).contains("\ngoes on\n");
  }

  @Test
  void onlyTheAccountItselfReachesIt() throws Exception {
    Path directory = home.resolve("terminals");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
  }

  @Test
  void aSocketThatNoProcessServesIsRemoved() throws Exception {
    Path dead = home.resolve("terminals/tdead");
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(dead))
        .close();
    assertThat(dead).exists();

    attached().close();

    assertThat(dead).doesNotExist();
  }

  @Test
  void whatIsNoSocketOfATerminalStays() throws Exception {
    Path terminals = home.resolve("terminals");
    Files.writeString(terminals.resolve("t0123"), "mine");
    Files.writeString(terminals.resolve("notes.txt"), "mine");
    Path elsewhere = Files.createDirectory(home.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("t4567"), "mine");
    Files.createSymbolicLink(home.resolve("link"), elsewhere);

    attached().close();

    assertThat(AttachSocket.found(home.resolve("link"))).isEmpty();
    assertThat(terminals.resolve("t0123")).exists();
    assertThat(terminals.resolve("notes.txt")).exists();
    assertThat(elsewhere.resolve("t4567")).exists();
    Files.delete(terminals.resolve("t0123"));
    Files.delete(terminals.resolve("notes.txt"));
  }

  @Test
  void aProcessThatDoesNotAnswerHoldsNoListUp() throws Exception {
    try (ServerSocketChannel stopped = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      stopped.bind(UnixDomainSocketAddress.of(home.resolve("terminals/tdead")));

      attached().close();
    }
  }

  @Test
  void noCellIsWiderThanOne() throws Exception {
    try (Found person = attached()) {
      await(person, "you watch");
      typed("printf '\\302\\255\\342\\200\\250end'; cat\r");
      assertThat(await(person, "·end")).doesNotContain("\\u");
    }
  }

  @Test
  void numbersThatNoScreenHasEndNoTerminal() {
    typed("printf '%099d\\033[2147483647Cabcdefghijklmnop\\033[3P\\033[2;1E\\033[2147483647B'\r");

    assertThat(typed("clear; echo goes on\r")).contains("is running", "goes on");
  }

  @Test
  void closingTheRunStopsItsTerminals() {
    opened.orElseThrow().close();

    assertThat(AttachSocket.found(home.resolve("terminals"))).isEmpty();
    assertThat(make(new Plan.ScreenRead(id, QUIET))).contains("there is no terminal '" + id + "'");
  }
}
