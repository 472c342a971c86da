package initrunner.ssh;

import initrunner.ssh.client.SshTarget;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.keyboard.InteractiveChallenge;
import org.apache.sshd.server.auth.keyboard.KeyboardInteractiveAuthenticator;
import org.apache.sshd.server.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.session.ServerSession;

/// A server in this process whose login asks (keyboard-interactive), which `sshd` does only where
/// the machine's PAM is set up for it.
public final class AskingServer implements KeyboardInteractiveAuthenticator, AutoCloseable {

  private final SshServer server = SshServer.setUpDefaultServer();
  private final String instruction;
  private final List<String> prompts;
  private final List<String> right;
  private final List<List<String>> answers = new CopyOnWriteArrayList<>();
  private final Path configFile;

  /// @param right the answers that it takes
  public AskingServer(Path directory, String instruction, List<String> prompts, List<String> right)
      throws IOException {
    this.instruction = instruction;
    this.prompts = prompts;
    this.right = right;
    server.setHost("127.0.0.1");
    server.setPort(0);
    try {
      server.setKeyPairProvider(KeyPairProvider.wrap(KeyUtils.generateKeyPair("ssh-rsa", 2048)));
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
    server.setUserAuthFactories(List.of(UserAuthKeyboardInteractiveFactory.INSTANCE));
    server.setKeyboardInteractiveAuthenticator(this);
    server.setChannelFactories(List.of(new Channels()));
    server.setCommandFactory((channel, line) -> new Running(line));
    server.start();
    configFile =
        Files.write(
            directory.resolve("asking_config"),
            List.of(
                "Host asking",
                "  HostName 127.0.0.1",
                "  Port " + server.getPort(),
                "  User person",
                "  IdentityAgent none",
                "  PubkeyAuthentication no",
                "  StrictHostKeyChecking no",
                "  UserKnownHostsFile /dev/null",
                "  GlobalKnownHostsFile /dev/null"));
  }

  public Path configFile() {
    return configFile;
  }

  public SshTarget target() {
    return new SshTarget(
        "asking", Optional.empty(), Optional.of(configFile), Duration.ofSeconds(10), "60s");
  }

  /// What it was answered so far.
  public List<List<String>> answers() {
    return List.copyOf(answers);
  }

  @Override
  public InteractiveChallenge generateChallenge(
      ServerSession session, String user, String language, String methods) {
    InteractiveChallenge challenge = new InteractiveChallenge();
    challenge.setInteractionName("");
    challenge.setInteractionInstruction(instruction);
    challenge.setLanguageTag("");
    prompts.forEach(prompt -> challenge.addPrompt(prompt, false));
    return challenge;
  }

  @Override
  public boolean authenticate(ServerSession session, String user, List<String> given) {
    answers.add(List.copyOf(given));
    return given.equals(right);
  }

  @Override
  public void close() throws IOException {
    server.stop(true);
  }

  /// The library's own channels send EOF before the status, and a client that closes at that gets
  /// none.
  private static final class Channels implements ChannelFactory {
    @Override
    public String getName() {
      return "session";
    }

    @Override
    public Channel createChannel(Session session) {
      return new ChannelSession() {
        @Override
        protected void closeShell(int status, boolean immediately) throws IOException {
          if (!isClosing()) {
            sendExitStatus(status);
          }
          super.closeShell(status, immediately);
        }
      };
    }
  }

  /// A command, by `sh -c`.
  private static final class Running implements Command {

    private final String line;
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out = OutputStream.nullOutputStream();
    private OutputStream err = OutputStream.nullOutputStream();
    private ExitCallback end = (status, message, closeImmediately) -> {};

    Running(String line) {
      this.line = line;
    }

    @Override
    public void setInputStream(InputStream given) {
      in = given;
    }

    @Override
    public void setOutputStream(OutputStream given) {
      out = given;
    }

    @Override
    public void setErrorStream(OutputStream given) {
      err = given;
    }

    @Override
    public void setExitCallback(ExitCallback given) {
      end = given;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) throws IOException {
      Process process = new ProcessBuilder("sh", "-c", line).start();
      Thread.ofPlatform().daemon().start(() -> feed(process.getOutputStream()));
      Thread outputs =
          Thread.ofPlatform().daemon().start(() -> copy(process.getInputStream(), out));
      Thread errors = Thread.ofPlatform().daemon().start(() -> copy(process.getErrorStream(), err));
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              outputs.join();
              errors.join();
              end.onExit(process.waitFor());
            } catch (InterruptedException never) {
              Thread.currentThread().interrupt();
            }
          });
    }

    private void feed(OutputStream input) {
      try (input) {
        copy(in, input);
      } catch (IOException closed) {
        // The command has ended.
      }
    }

    private static void copy(InputStream from, OutputStream to) {
      byte[] bytes = new byte[8192];
      try {
        for (int length = from.read(bytes); length >= 0; length = from.read(bytes)) {
          to.write(bytes, 0, length);
          to.flush();
        }
      } catch (IOException closed) {
        // The other end wants no more.
      }
    }

    @Override
    public void destroy(ChannelSession channel) {
      // Each command of the tests ends by itself.
    }
  }
}
