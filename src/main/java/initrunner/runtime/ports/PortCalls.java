package initrunner.runtime.ports;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.OutputEnd;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.Stop;
import initrunner.exec.TransportException;
import initrunner.exec.TransportException.Kind;
import initrunner.exec.transport.PortAddress;
import initrunner.exec.transport.PortTransport;
import initrunner.tool.Plan;
import initrunner.tool.ResultText;
import initrunner.tool.ToolResult;
import java.io.IOException;
import java.net.BindException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;

/// Looks at ports of a role's host, for the tool `ports`: pages are fetched over the connection
/// itself, with no port of this machine; those that are opened to the person stay until [#close].
///
/// Safe for many threads. Its monitor guards the open ports; no thread waits for the host while it
/// holds it.
public final class PortCalls implements AutoCloseable {

  private static final int MOST_OPEN = 16;
  private static final Duration PROBE_BOUND = Duration.ofSeconds(30);

  private final Optional<PortTransport> transport;
  private final Map<PortAddress, LocalPort> open = new LinkedHashMap<>();
  private boolean closed;

  /// @param transport empty where the role's tools run on this machine
  public PortCalls(Optional<PortTransport> transport) {
    this.transport = transport;
  }

  /// Does work on a port, as a call that is recorded.
  @FunctionalInterface
  public interface Recorder {
    Outcome record(Sink output, Function<Sink, Outcome> work);
  }

  /// What came of a call.
  public record End(String text, Outcome outcome, ToolResult.Status status) {}

  /// Makes a call. Blocks until it is over; an interrupt ends it, with the interrupt flag set
  /// again.
  ///
  /// @param host its name for a person
  /// @throws TransportException if there was no connection to the port
  public End make(Plan.Looked plan, String host, Recorder recorder) {
    return switch (plan) {
      case Plan.PageRead read -> read(read, host, recorder);
      case Plan.PortOpened opened -> open(opened, host, recorder);
      case Plan.PortClosed shut -> shut(shut.at(), host, recorder);
    };
  }

  private PortTransport transport() {
    return transport.orElseThrow(() ->
        new TransportException(
            Kind.PORT_FORBIDDEN,
            "this machine",
            "the role's tools run on this machine, whose ports are here already",
            "Look at the port itself."));
  }

  private End read(Plan.PageRead plan, String host, Recorder recorder) {
    PageReply reply = new PageReply(plan.maxBytes());
    Outcome outcome = recorder.record(reply, sink -> page(plan, sink));
    ToolResult.Status status =
        outcome.ended() instanceof Ended.Exited && reply.head().isEmpty()
            ? ToolResult.Status.FAILED
            : ResultText.status(outcome.ended());
    return new End(PageText.of(plan, host, reply, outcome), outcome, status);
  }

  private Outcome page(Plan.PageRead plan, Sink sink) {
    long begin = System.nanoTime();
    try (HeldOpen request = new HeldOpen(request(plan))) {
      return transport().relay(plan.at(), new Stdin.Stream(request), plan.limits(), sink);
    } catch (PageReply.EnoughException wantsNoMore) {
      return ended(new Ended.Exited(0), begin);
    }
  }

  /// A name that servers of web pages in the making know as their own; nothing of this machine's
  /// environment, and no cookie.
  private static byte[] request(Plan.PageRead plan) {
    return """
    GET %s HTTP/1.1\r
    Host: %s\r
    User-Agent: InitRunner\r
    Accept: */*\r
    Accept-Encoding: identity\r
    Connection: close\r
    \r
    """
        .formatted(plan.path(), plan.at())
        .getBytes(US_ASCII);
  }

  private static Outcome ended(Ended how, long begin) {
    return new Outcome(how, OutputEnd.COMPLETE, Duration.ofNanos(System.nanoTime() - begin));
  }

  /// A server that is not up yet is everyday: the port is opened all the same.
  private End open(Plan.PortOpened plan, String host, Recorder recorder) {
    StringBuilder text = new StringBuilder();
    Outcome outcome =
        recorder.record(
            Sink.DISCARD,
            sink -> {
              long begin = System.nanoTime();
              String missing = missing(plan);
              String url = opened(plan.at()).url();
              sink.stdout(ByteBuffer.wrap((url + "\n").getBytes(UTF_8)));
              text.append(
                  "The person can look at port %s of %s at %s on their own machine, until this conversation ends."
                      .formatted(shown(plan.at()), host, url));
              text.append(missing);
              return ended(new Ended.Exited(0), begin);
            });
    return new End(text.toString(), outcome, ToolResult.Status.SUCCEEDED);
  }

  private static String shown(PortAddress at) {
    return at.host().equals(PortAddress.LOOPBACK) ? Integer.toString(at.port()) : at.toString();
  }

  /// What is to be said where no server listens; empty where one does.
  private String missing(Plan.PortOpened plan) {
    try {
      transport().probe(plan.at(), plan.limits());
      return "";
    } catch (TransportException e) {
      if (e.kind() != Kind.PORT_CLOSED) {
        throw e;
      }
      return " No server listens there yet: start it, and the address works.";
    }
  }

  private synchronized LocalPort opened(PortAddress at) {
    LocalPort there = open.get(at);
    if (there != null) {
      return there;
    }
    if (closed || open.size() >= MOST_OPEN) {
      throw noPort(closed ? "the run is over" : MOST_OPEN + " ports are open already");
    }
    try {
      LocalPort made = LocalPort.open(at, OptionalInt.empty(), transport());
      open.put(at, made);
      return made;
    } catch (IOException e) {
      throw noPort(String.valueOf(e.getMessage()));
    }
  }

  private static TransportException noPort(String why) {
    return new TransportException(
        Kind.LOCAL_LIMIT,
        "this machine",
        "no port of this machine can be opened: " + why,
        "Close one with close_port.");
  }

  private End shut(PortAddress at, String host, Recorder recorder) {
    boolean[] wasOpen = {false};
    Outcome outcome =
        recorder.record(
            Sink.DISCARD,
            _ -> {
              long begin = System.nanoTime();
              Optional<LocalPort> found = removed(at);
              found.ifPresent(LocalPort::close);
              wasOpen[0] = found.isPresent();
              return ended(new Ended.Exited(0), begin);
            });
    String text =
        wasOpen[0]
            ? "Port %s of %s is no longer open to the person.".formatted(shown(at), host)
            : "Port %s of %s was not open to the person.".formatted(shown(at), host);
    return new End(text, outcome, ToolResult.Status.SUCCEEDED);
  }

  /// A port of this machine that leads to the host's.
  ///
  /// @param isAnswering whether a server took a connection there
  public record Forwarded(LocalPort local, boolean isAnswering) {}

  /// Opens a port to this machine's programs until this thread is interrupted, whose flag stays
  /// set.
  ///
  /// @param local as of [LocalPort#open]
  /// @param told gets the port once, on this thread
  /// @throws TransportException if it cannot be opened
  public Outcome forward(PortAddress to, OptionalInt local, Consumer<Forwarded> told) {
    long begin = System.nanoTime();
    boolean isAnswering = missing(new Plan.PortOpened(to, Limits.timeout(PROBE_BOUND))).isEmpty();
    try (LocalPort port = LocalPort.open(to, local, transport())) {
      told.accept(new Forwarded(port, isAnswering));
      while (!Thread.currentThread().isInterrupted()) {
        LockSupport.park(port);
      }
    } catch (BindException e) {
      throw new TransportException(
          Kind.LOCAL_LIMIT,
          "this machine",
          "port %d of this machine cannot be opened (%s)"
              .formatted(local.orElse(to.port()), e.getMessage()),
          "Name another one, or 0 for any that is free.");
    } catch (IOException e) {
      throw noPort(String.valueOf(e.getMessage()));
    }
    return ended(new Ended.Cancelled(Stop.STOPPED), begin);
  }

  private synchronized Optional<LocalPort> removed(PortAddress at) {
    return Optional.ofNullable(open.remove(at));
  }

  private synchronized Map<PortAddress, LocalPort> removed() {
    closed = true;
    Map<PortAddress, LocalPort> all = new LinkedHashMap<>(open);
    open.clear();
    return all;
  }

  /// Closes the open ports. Never throws.
  @Override
  public void close() {
    removed().values().forEach(LocalPort::close);
  }
}
