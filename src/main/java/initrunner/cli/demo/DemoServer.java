package initrunner.cli.demo;

import initrunner.exec.transport.LocalTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;

/// An SSH server in this process, on a free port of the loopback interface, for one key. It runs
/// each command on this machine as a real process of this user, by `sh -c` in a directory that
/// stands for the account's home. It gives no shell, no terminal and no forwarding.
///
/// Safe for any number of connections and commands at once.
public final class DemoServer implements AutoCloseable {

  private static final Duration CLOSE_BOUND = Duration.ofSeconds(8);

  private static final Set<String> PASSED_ON = Set.of("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR");

  private final SshServer server;
  private final LocalTransport machine;
  private final ExecutorService commands = Executors.newVirtualThreadPerTaskExecutor();

  private DemoServer(SshServer server, LocalTransport machine) {
    this.server = server;
    this.machine = machine;
  }

  /// Starts a server; its port is open on return.
  ///
  /// @param hostKey proves the server's identity
  /// @param user the only key that may log in
  /// @param home an existing directory
  /// @throws UncheckedIOException if it cannot listen on the loopback interface
  public static DemoServer start(KeyPair hostKey, PublicKey user, Path home) {
    SshServer server = SshServer.setUpDefaultServer();
    DemoServer started = new DemoServer(server, LocalTransport.closedByItsOwner(environment(home)));
    server.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    server.setPort(0);
    server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
    server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
    server.setPublickeyAuthenticator((name, key, session) -> KeyUtils.compareKeys(key, user));
    server.setChannelFactories(List.of(new Channels()));
    server.setCommandFactory(
        (channel, line) -> new DemoExec(line, home, started.machine, started.commands));
    try {
      server.start();
      return started;
    } catch (IOException e) {
      started.close();
      throw new UncheckedIOException("cannot listen on the loopback interface", e);
    }
  }

  /// The variables of every command; no other of this process's reaches it.
  private static Map<String, String> environment(Path home) {
    Map<String, String> variables = new HashMap<>(System.getenv());
    variables.keySet().retainAll(PASSED_ON);
    variables.put("HOME", home.toString());
    variables.put("SHELL", "/bin/sh");
    return variables;
  }

  public int port() {
    return server.getPort();
  }

  /// Closes every connection, stops every running command, and waits for that. Never throws; an
  /// interrupt is set again at the end.
  @Override
  public void close() {
    try {
      server.stop(true);
    } catch (IOException e) {
      System.getLogger(DemoServer.class.getName())
          .log(System.Logger.Level.DEBUG, "stopping the demo's server", e);
    }
    commands.shutdownNow();
    boolean interrupted = Thread.interrupted();
    try {
      boolean ignored = commands.awaitTermination(CLOSE_BOUND.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    machine.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Channels implements ChannelFactory {
    @Override
    public String getName() {
      return "session";
    }

    @Override
    public Channel createChannel(Session session) {
      return new DemoChannel();
    }
  }
}
