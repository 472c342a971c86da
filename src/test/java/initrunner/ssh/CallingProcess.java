package initrunner.ssh;

import initrunner.exec.ChildJvm;
import initrunner.exec.transport.Transport;
import initrunner.ssh.client.SshTarget;
import initrunner.ssh.process.SshProcessTransport;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A process of its own with calls under way on a transport, until it is killed. It says the
/// control socket of its master once the calls have begun.
final class CallingProcess {

  private CallingProcess() {}

  /// Makes the calls.
  ///
  /// @param args the transport's class, the client's configuration, `ControlPersist`, and the
  ///   script of each call
  public static void main(String[] args) throws Exception {
    SshTarget target = target(Path.of(args[1]), args[2]);
    Transport transport =
        args[0].equals("SshTransport") ? new SshTransport(target) : new SshProcessTransport(target);
    CallsInFlight calls = new CallsInFlight();
    for (String script : List.of(args).subList(3, args.length)) {
      var _ = calls.begin(transport, 1, script);
    }
    System.out.println(OwnMasters.controlSocket());
    Thread.sleep(Long.MAX_VALUE);
  }

  private static SshTarget target(Path configuration, String controlPersist) {
    SshTarget usual = SshTarget.of(SshdExtension.HOST);
    return new SshTarget(
        usual.host(),
        usual.identityFile(),
        java.util.Optional.of(configuration),
        usual.connectTimeout(),
        controlPersist);
  }

  /// One with its calls under way.
  record Started(Process process, Path controlSocket) {}

  static Started start(Class<? extends Transport> transport, Path configuration, String... scripts)
      throws IOException {
    List<String> command =
        ChildJvm.command(
            List.of("-Xmx64m"),
            CallingProcess.class.getName(),
            transport.getSimpleName(),
            configuration.toString(),
            "1s");
    command.addAll(List.of(scripts));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader said = process.inputReader();
    String controlSocket = said.readLine();
    if (controlSocket == null) {
      throw new IllegalStateException("the process ended with " + process.exitValue());
    }
    return new Started(process, Path.of(controlSocket));
  }
}
