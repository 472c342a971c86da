package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Cancelled;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Ended.Lost;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.Stop;
import initrunner.exec.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// One process with several hosts at once.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SeveralHostsTest {

  @RegisterExtension static final SshdExtension first = new SshdExtension();
  @RegisterExtension static final SshdExtension second = new SshdExtension();
  @RegisterExtension static final SshdExtension third = new SshdExtension();

  private final List<SshdExtension> servers = List.of(first, second, third);
  private final List<Transport> transports = new ArrayList<>();
  private final CallsInFlight calls = new CallsInFlight();

  @BeforeEach
  void openAll() throws Exception {
    List<Future<Void>> opened = new ArrayList<>();
    for (SshdExtension server : servers) {
      Transport transport = new SshTransport(server.target());
      transports.add(transport);
      opened.add(
          calls.submit(() -> {
            transport.open();
            return null;
          }));
    }
    for (Future<Void> each : opened) {
      each.get();
    }
  }

  @AfterEach
  void closeAll() {
    transports.forEach(Transport::close);
    calls.close();
  }

  private static String homeOn(Transport transport) {
    Captured captured = new Captured(1000);
    Outcome outcome =
        transport.run(
            Command.of("sh", "-c", "echo \"$HOME\""),
            Limits.timeout(Duration.ofSeconds(50)),
            captured);
    assertThat(outcome.ended()).isEqualTo(new Exited(0));
    return captured.stdoutText().strip();
  }

  @Test
  void eachCallRunsOnItsOwnHost() throws Exception {
    List<Future<String>> homes = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Transport transport = transports.get(i % 3);
      homes.add(calls.submit(() -> homeOn(transport)));
    }
    for (int i = 0; i < homes.size(); i++) {
      assertThat(homes.get(i).get()).isEqualTo(servers.get(i % 3).home().toString());
    }
    for (SshdExtension server : servers) {
      assertThat(server.clients()).as("one connection to each host").hasSize(1);
    }
  }

  @Test
  void theLossOfOneDisturbsNoOther() throws Exception {
    String script = "until [ -e $HOME/go-on ]; do sleep 0.1; done; exit 5";
    List<Future<Outcome>> lost = calls.begin(transports.get(0), 2, script);
    List<Future<Outcome>> others = new ArrayList<>(calls.begin(transports.get(1), 2, script));
    others.addAll(calls.begin(transports.get(2), 2, script));
    List<Long> before = second.clients();

    ProcessHandle.of(first.clients().getFirst()).orElseThrow().destroyForcibly();
    assertThat(CallsInFlight.ends(lost)).hasOnlyElementsOfType(Lost.class);
    for (SshdExtension server : servers) {
      java.nio.file.Files.createFile(server.home().resolve("go-on"));
    }
    assertThat(CallsInFlight.ends(others)).containsOnly(new Exited(5));
    assertThat(second.clients()).isEqualTo(before);
    assertThat(homeOn(transports.getFirst())).isEqualTo(first.home().toString());
  }

  @Test
  void closingOneEndsItsOwnAndClosingAllEndsEach() throws Exception {
    List<Future<Outcome>> cancelled = calls.begin(transports.get(0), 1, "exec sleep 600");
    List<Future<Outcome>> later =
        new ArrayList<>(calls.begin(transports.get(1), 1, "exec sleep 600"));
    later.addAll(calls.begin(transports.get(2), 1, "exec sleep 600"));

    transports.get(0).close();
    assertThat(CallsInFlight.ends(cancelled)).containsOnly(new Cancelled(Stop.STOPPED));
    first.awaitNoClients();
    assertThat(homeOn(transports.get(1))).isEqualTo(second.home().toString());

    transports.forEach(Transport::close);
    assertThat(CallsInFlight.ends(later)).containsOnly(new Cancelled(Stop.STOPPED));
    servers.forEach(SshdExtension::awaitNoClients);
    assertThat(PrivateDirectories.of(ProcessHandle.current().pid())).isEmpty();
  }
}
