package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

/// A transport that has logged in, and whose next channel is a [ScriptedMaster]'s: calls hold the
/// channels that it has of the true master.
public final class BesideScripted implements AutoCloseable {

  private final SshTransport transport;
  private final CallsInFlight calls = new CallsInFlight();
  private final List<Future<Outcome>> before = new ArrayList<>();
  private final Path goOn;
  private final ScriptedMaster master;

  private BesideScripted(SshdExtension sshd, ScriptedMaster.Script script) throws Exception {
    goOn = sshd.home().resolve("go-on-" + System.nanoTime());
    transport = new SshTransport(sshd.target());
    transport.open();
    // It has opened a channel ahead of need when it runs.
    hold();
    master = ScriptedMaster.at(OwnMasters.controlSocket(), script);
    hold();
  }

  public static BesideScripted open(SshdExtension sshd, ScriptedMaster.Script script)
      throws Exception {
    return new BesideScripted(sshd, script);
  }

  private void hold() throws InterruptedException {
    before.addAll(calls.begin(transport, 1, "until [ -e " + goOn + " ]; do sleep 0.1; done"));
  }

  public SshTransport transport() {
    return transport;
  }

  public Outcome run(Command command, Limits limits) {
    return transport.run(command, limits, new Captured(1000));
  }

  /// Ends the calls that hold the other channels, which none of this has hurt.
  public void letGo() throws Exception {
    Files.createFile(goOn);
    assertThat(CallsInFlight.ends(before)).containsOnly(new Exited(0));
    before.clear();
  }

  @Override
  public void close() throws IOException {
    try (transport;
        calls;
        master) {
      if (!before.isEmpty()) {
        letGo();
      }
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError("the calls beside it end", e);
    }
  }
}
