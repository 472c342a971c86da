package initrunner.ssh;

import initrunner.exec.Command;
import initrunner.exec.transport.CallCookie;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.shell.RemoteCommandLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;

/// One way to run commands on a host over one connection that stays.
interface Contender extends AutoCloseable {

  String name();

  /// Logs in.
  void connect() throws Exception;

  /// Runs one command to its end and drains its output. Safe for many threads. Every contender has
  /// the same string run by the server: [#line].
  ///
  /// @return how many bytes of standard output came
  /// @throws IOException if it did not run, or exited with another status than 0
  long run(Command command, InputStream stdin) throws Exception;

  @Override
  void close() throws IOException;

  /// Where a benchmark's server is.
  record Server(SshTarget target, int port, String user, Path key) {

    /// Its masters stay while the others have their turns.
    static Server of(SshdExtension sshd) {
      SshTarget target = sshd.target();
      return new Server(
          new SshTarget(
              target.host(),
              target.identityFile(),
              target.configFile(),
              target.connectTimeout(),
              "1h"),
          sshd.port(),
          sshd.user(),
          sshd.key());
    }
  }

  /// The remote command as the engine renders it.
  static String line(Command command) {
    return RemoteCommandLine.render(CallCookie.random().mark(command));
  }

  static long drain(InputStream output) throws IOException {
    return pump(output, OutputStream.nullOutputStream());
  }

  /// Moves all of it, in larger pieces than [InputStream#transferTo] has.
  static long pump(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[256 * 1024];
    long total = 0;
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      to.write(buffer, 0, count);
      total += count;
    }
    return total;
  }

  static void requireZero(int status) throws IOException {
    if (status != 0) {
      throw new IOException("exit status " + status);
    }
  }
}
