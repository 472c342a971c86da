package initrunner.ssh;

import initrunner.exec.Command;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/// `ssh host command >/dev/null`: nothing between ssh and the kernel.
final class PlainSsh implements Contender {

  private final Server server;

  PlainSsh(Server server) {
    this.server = server;
  }

  @Override
  public String name() {
    return "ssh host command >/dev/null";
  }

  @Override
  public void connect() throws Exception {
    run(Command.of("true"), EngineContender.NO_INPUT);
  }

  /// @return -1: the output is not seen here
  @Override
  public long run(Command command, InputStream stdin) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                "ssh",
                "-F",
                server.target().configFile().orElseThrow().toString(),
                server.target().host(),
                Contender.line(command)));
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    try (OutputStream out = process.getOutputStream()) {
      Contender.pump(stdin, out);
    }
    Contender.requireZero(process.waitFor());
    return -1;
  }

  @Override
  public void close() {}
}
