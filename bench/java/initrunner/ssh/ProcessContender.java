package initrunner.ssh;

import initrunner.exec.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The usual way: `ssh host command`, a process per call, over a ControlMaster.
final class ProcessContender implements Contender {

  private final Server server;
  private final Path directory;

  ProcessContender(Server server) throws IOException {
    this.server = server;
    this.directory = Files.createTempDirectory(Path.of("/tmp"), "irb-");
  }

  @Override
  public String name() {
    return "one ssh process per call (ControlMaster)";
  }

  @Override
  public void connect() throws Exception {
    run(Command.of("true"), EngineContender.NO_INPUT);
  }

  private List<String> ssh(String... more) {
    List<String> argv =
        new ArrayList<>(
            List.of(
                "ssh",
                "-F",
                server.target().configFile().orElseThrow().toString(),
                "-o",
                "ControlMaster=auto",
                "-o",
                "ControlPersist=yes",
                "-o",
                "ControlPath=" + directory.resolve("s"),
                "-o",
                "LogLevel=ERROR"));
    argv.addAll(List.of(more));
    return argv;
  }

  @Override
  public long run(Command command, InputStream stdin) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(ssh(server.target().host(), Contender.line(command)));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    boolean reads = !stdin.equals(EngineContender.NO_INPUT);
    if (!reads) {
      builder.redirectInput(Path.of("/dev/null").toFile());
    }
    Process process = builder.start();
    if (reads) {
      try (OutputStream out = process.getOutputStream()) {
        Contender.pump(stdin, out);
      }
    }
    long bytes = Contender.drain(process.getInputStream());
    Contender.requireZero(process.waitFor());
    return bytes;
  }

  @Override
  public void close() throws IOException {
    new ProcessBuilder(ssh("-O", "exit", server.target().host()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .onExit()
        .join();
    Files.deleteIfExists(directory.resolve("s"));
    Files.delete(directory);
  }
}
