package initrunner.ssh;

import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Limits;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// One of our own transports.
final class EngineContender implements Contender {

  private final String name;
  private final Transport transport;

  EngineContender(String name, Transport transport) {
    this.name = name;
    this.transport = transport;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void connect() {
    transport.open();
  }

  @Override
  public long run(Command command, InputStream stdin) throws IOException {
    Counting counting = new Counting();
    Command asked = command.withStdin(new Stdin.Stream(stdin));
    if (stdin.equals(NO_INPUT)) {
      asked = asked.withStdin(Stdin.nothing());
    }
    Ended ended = transport.run(asked, Limits.unbounded(), counting).ended();
    if (!ended.equals(new Ended.Exited(0))) {
      throw new IOException(ended.toString());
    }
    return counting.bytes;
  }

  static final InputStream NO_INPUT = InputStream.nullInputStream();

  private static final class Counting implements Sink {
    private long bytes;

    @Override
    public void stdout(ByteBuffer chunk) {
      bytes += chunk.remaining();
    }

    @Override
    public void stderr(ByteBuffer chunk) {}
  }

  @Override
  public void close() {
    transport.close();
  }
}
