package initrunner.runtime.terminals;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Sink;
import initrunner.exec.Stop;
import initrunner.launch.Probe;
import initrunner.runtime.terminals.HeldTerminal.Waited;
import initrunner.text.SecretValues;
import initrunner.tool.Plan;
import initrunner.tool.ResultText;
import initrunner.tool.ToolResult;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.Function;

/// The terminals of a run, for the tool `terminal`: each stays open between calls, until its
/// program ends, it is closed, or [#close].
///
/// Safe for many threads. The monitor guards the list of terminals; no thread holds it while it
/// waits for the host.
public final class TerminalCalls implements AutoCloseable {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration CLOSE_BOUND = Duration.ofSeconds(20);
  private static final int FIRST_ID = 0x1000;
  private static final int IDS = 0xF000;

  /// How many that have ended can still be looked at.
  private static final int MOST_ENDED = 8;

  private final Map<String, HeldTerminal> terminals = new LinkedHashMap<>();
  private final Path directory;
  private boolean closed;

  /// @param directory of this machine, in which persons find the terminals that they can attach to
  public TerminalCalls(Path directory) {
    this.directory = directory;
  }

  /// Does work at a terminal, as a call that is recorded.
  @FunctionalInterface
  public interface Recorder {
    Outcome record(Sink output, Function<Sink, Outcome> work);
  }

  /// What the calls need of the sandbox.
  ///
  /// @param host its name for a person
  /// @param agent its name, a slash, and the run, for a person
  /// @param areDevicesKnown whether a probe finds a terminal's device under the name that its
  ///   program has for it
  /// @param probe asks the host, outside of the sandbox
  /// @param secrets taken out of texts
  /// @param person who is asked for passwords; empty where none can be
  /// @param notes records what persons do at a terminal
  public record Place(
      String host,
      String agent,
      boolean areDevicesKnown,
      Probe probe,
      SecretValues secrets,
      Optional<SecretPerson> person,
      Consumer<SequencedMap<String, String>> notes) {

    /// The same for a place where a terminal's device has one name; in a container it has another
    /// one than outside.
    public Place knowingDevices() {
      return new Place(host, agent, true, probe, secrets, person, notes);
    }

    /// Records what a person does at a terminal, in one word.
    void note(HeldTerminal terminal, String person, String did) {
      SequencedMap<String, String> what = new LinkedHashMap<>();
      what.put("terminal", terminal.id());
      what.put("person", person);
      what.put("did", did);
      notes.accept(what);
    }
  }

  /// What came of a call.
  ///
  /// @param ended how the command of the call ended; empty for one that runs on
  public record End(String text, ToolResult.Status status, Optional<Ended> ended) {

    static End failed(String reason) {
      return new End("Error: " + reason, ToolResult.Status.FAILED, Optional.empty());
    }
  }

  /// Opens a terminal. Blocks until its program has begun and is quiet; an interrupt closes it.
  ///
  /// @return empty if as many are open as the role allows, or the run is over
  /// @throws RuntimeException why nothing was started, as the runner throws it
  public Optional<End> open(Plan.TerminalOpened plan, Place place, Runner runner) {
    return opened(plan, place, runner).map(terminal -> begun(terminal, plan, place));
  }

  /// Why no terminal is opened, for a model.
  public synchronized String full(Plan.TerminalRules rules) {
    return closed
        ? "Error: the run is over. Nothing was started."
        : "Error: "
            + rules.mostOpen()
            + " terminals are open already, as many as the role allows. Nothing was started. Close"
            + " one: "
            + open();
  }

  private End begun(HeldTerminal terminal, Plan.TerminalOpened plan, Place place) {
    try {
      terminal.awaitBegun();
      long since = terminal.written() > 0 ? terminal.opened() : System.nanoTime();
      return look(terminal, place, plan.until(), since);
    } catch (InterruptedException e) {
      removed(terminal);
      return cancelled(terminal);
    } catch (RuntimeException notStarted) {
      removed(terminal);
      throw notStarted;
    }
  }

  /// Runs a terminal's program, as a call that is recorded.
  @FunctionalInterface
  public interface Runner {

    /// Blocks until the program is over; an interrupt stops it.
    Outcome run(Command command, Limits limits, Sink sink);
  }

  private synchronized Optional<HeldTerminal> opened(
      Plan.TerminalOpened plan, Place place, Runner runner) {
    List<HeldTerminal> running =
        terminals.values().stream().filter(each -> !each.isOver()).toList();
    if (closed || running.size() >= plan.rules().mostOpen()) {
      return Optional.empty();
    }
    List<String> ended =
        terminals.values().stream().filter(HeldTerminal::isOver).map(HeldTerminal::id).toList();
    ended.subList(0, Math.max(0, ended.size() - MOST_ENDED)).forEach(terminals::remove);
    String id = newId();
    HeldTerminal terminal =
        HeldTerminal.open(
            id,
            plan,
            place.areDevicesKnown()
                && plan.rules().secrets() == Plan.TerminalRules.Secrets.A_PERSON,
            runner);
    terminals.put(id, terminal);
    AttachSocket.open(directory, terminal, place);
    return Optional.of(terminal);
  }

  private String newId() {
    String id = "t" + Integer.toHexString(FIRST_ID + RANDOM.nextInt(IDS));
    return terminals.containsKey(id) || Files.exists(directory.resolve(id), NOFOLLOW_LINKS)
        ? newId()
        : id;
  }

  private synchronized void removed(HeldTerminal terminal) {
    terminals.remove(terminal.id());
  }

  private synchronized Optional<HeldTerminal> found(String id) {
    return Optional.ofNullable(terminals.get(id));
  }

  private synchronized String open() {
    String all =
        String.join(
            ", ",
            terminals.values().stream()
                .filter(each -> !each.isOver())
                .map(each -> each.id() + " (" + each.command() + ")")
                .toList());
    return all.isEmpty() ? "no terminal is open." : "open are " + all + ".";
  }

  /// Makes a call at a terminal that is open. Blocks until it is over; an interrupt ends it, with
  /// the interrupt flag set again.
  public End make(Plan.AtTerminal plan, Place place, Recorder recorder) {
    List<End> end = new ArrayList<>();
    recorder.record(
        Sink.DISCARD,
        sink -> {
          long begin = System.nanoTime();
          End made = made(plan, place);
          end.add(made);
          sink.stdout(ByteBuffer.wrap(place.secrets().redacted(made.text()).getBytes(UTF_8)));
          return new Outcome(outcome(made), OutputEnd.COMPLETE, since(begin));
        });
    return end.getFirst();
  }

  private static Duration since(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private static Ended outcome(End end) {
    return switch (end.status()) {
      case CANCELLED -> new Ended.Cancelled(Stop.STOPPED);
      case SUCCEEDED -> new Ended.Exited(0);
      default -> new Ended.Exited(1);
    };
  }

  private End made(Plan.AtTerminal plan, Place place) {
    return switch (plan) {
      case Plan.TerminalTyped typed -> at(typed.id(), terminal -> type(terminal, typed, place));
      case Plan.ScreenRead read ->
          at(read.id(), terminal -> look(terminal, place, read.until(), terminal.opened()));
      case Plan.TerminalClosed shut -> at(shut.id(), terminal -> close(terminal, place));
      case Plan.TerminalOpened _ -> throw new IllegalStateException("opened by another method");
    };
  }

  /// Works at one terminal.
  private interface Work {
    End of(HeldTerminal terminal) throws InterruptedException;
  }

  private End at(String id, Work work) {
    Optional<HeldTerminal> terminal = found(id);
    if (terminal.isEmpty()) {
      return End.failed("there is no terminal '" + id + "'; " + open());
    }
    try {
      return work.of(terminal.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new End(
          "Error: the call was cancelled.", ToolResult.Status.CANCELLED, Optional.empty());
    }
  }

  private static End cancelled(HeldTerminal terminal) {
    try {
      terminal.close(CLOSE_BOUND);
    } catch (InterruptedException again) {
      // The program is being stopped; the second interrupt ends only the wait for its end.
    }
    Thread.currentThread().interrupt();
    Optional<Ended> ended = terminal.ended();
    return new End(
        "Error: the call was cancelled, and the terminal closed.",
        ToolResult.Status.CANCELLED,
        ended);
  }

  private End type(HeldTerminal terminal, Plan.TerminalTyped plan, Place place)
      throws InterruptedException {
    if (terminal.isOver()) {
      return look(terminal, place, plan.until(), terminal.opened());
    }
    if (terminal.isAsking()) {
      return End.failed(
          "a person is being asked for a password at this terminal. Nothing was typed; look again"
              + " with read_screen.");
    }
    Optional<String> holder = terminal.holder();
    if (holder.isPresent()) {
      return End.failed(
          holder.get()
              + " has taken this terminal over and types there. Nothing was typed. Wait until it is"
              + " given back: read_screen shows what happens.");
    }
    String keys =
        plan.typing()
            .sent(terminal.screen().hasApplicationKeys(), terminal.screen().isPasteBracketed());
    if (!terminal.type(keys.getBytes(UTF_8))) {
      return End.failed(
          "the program does not read what is typed, and no more fits. Nothing was typed.");
    }
    return look(terminal, place, plan.until(), System.nanoTime());
  }

  private End look(HeldTerminal terminal, Place place, Plan.ScreenWait until, long since)
      throws InterruptedException {
    List<String> notes = new ArrayList<>();
    Waited waited = terminal.await(until, place.secrets(), since);
    if (waited == Waited.LATE && until.appears().isPresent()) {
      notes.add("What was waited for has not appeared.");
    }
    terminal.holder().ifPresent(person -> notes.add(person + " has taken this terminal over."));
    if (waited != Waited.OVER) {
      notes.addAll(new SecretQuestion(terminal, place).asked());
    }
    return shown(terminal, place, notes);
  }

  private static End shown(HeldTerminal terminal, Place place, List<String> notes) {
    Optional<Ended> ended = terminal.ended();
    String text =
        TerminalText.of(
            terminal.id(),
            ended
                .map(end -> TerminalText.end(end, place.host()))
                .orElse(terminal.isOver() ? TerminalText.FAILED : "is running"),
            notes,
            new TerminalText.Screen(
                terminal.screen().takeScrolledOff(),
                terminal.screen().shown(),
                terminal.screen().columns(),
                terminal.redaction(place.secrets())),
            terminal.rules().maxOutputBytes());
    return new End(
        text,
        ended.filter(end -> end instanceof Ended.Lost).isPresent()
            ? ResultText.status(ended.get())
            : ToolResult.Status.SUCCEEDED,
        Optional.empty());
  }

  private static End close(HeldTerminal terminal, Place place) throws InterruptedException {
    terminal.close(CLOSE_BOUND);
    String how =
        terminal
            .ended()
            .map(end -> TerminalText.end(end, place.host()))
            .orElse(
                terminal.isOver()
                    ? TerminalText.FAILED
                    : "is being closed; whether its program stopped is not known yet");
    return new End(
        "Terminal " + terminal.id() + " " + how + ".",
        ToolResult.Status.SUCCEEDED,
        Optional.empty());
  }

  private synchronized List<HeldTerminal> removed() {
    closed = true;
    List<HeldTerminal> all = List.copyOf(terminals.values());
    terminals.clear();
    return all;
  }

  /// Closes all terminals. Blocks for their programs' ends, 20 seconds at most. Never throws.
  @Override
  public void close() {
    List<HeldTerminal> all = removed();
    all.forEach(HeldTerminal::stop);
    long deadline = System.nanoTime() + CLOSE_BOUND.toNanos();
    try {
      for (HeldTerminal each : all) {
        each.close(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
