package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.transport.Transport;
import initrunner.ssh.master.PrivateDirectory;
import initrunner.ssh.process.SshProcessTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a process leaves behind that is killed while calls of it run.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KilledProcessTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @ParameterizedTest
  @ValueSource(classes = {SshTransport.class, SshProcessTransport.class})
  void nothingOfItOutlivesIt(Class<? extends Transport> kind) throws Exception {
    Path silent = sshd.home().resolve("silent-" + kind.getSimpleName());
    Path printing = sshd.home().resolve("printing-" + kind.getSimpleName());
    CallingProcess.Started started =
        CallingProcess.start(kind, sshd.configFile(), sleeping(silent), printing(printing));
    Path directory = started.controlSocket().resolveSibling("");
    long sleeper = awaitPid(silent);
    long printer = awaitPid(printing);

    try (PrivateDirectory beside = PrivateDirectory.create()) {
      beside.abandoned().forEach(PrivateDirectory::close);
    }
    assertThat(directory).as("of a process that lives").exists();

    started.process().destroyForcibly().waitFor();

    awaitNoProcessOf(directory);
    sshd.awaitNoClients();
    awaitEnd(printer);
    if (kind == SshTransport.class) {
      awaitEnd(sleeper);
    } else {
      assertThat(ProcessHandle.of(sleeper)).as("of a process of its own").isPresent();
    }
    try (SshTransport next = new SshTransport(sshd.target())) {
      next.open();
      // Another process of this user's may be the one that removes it.
      while (Files.exists(directory)) {
        Thread.sleep(10);
      }
    } finally {
      ProcessHandle.of(sleeper).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private static String sleeping(Path pid) {
    return "echo $$ > " + pid + "; exec sleep 1000";
  }

  private static String printing(Path pid) {
    return "echo $$ > " + pid + "; while :; do echo more; sleep 0.2; done";
  }

  private static long awaitPid(Path file) throws Exception {
    while (!Files.exists(file) || !Files.readString(file).endsWith("\n")) {
      Thread.sleep(10);
    }
    return Long.parseLong(Files.readString(file).strip());
  }

  private static void awaitEnd(long pid) throws InterruptedException {
    while (ProcessHandle.of(pid).isPresent()) {
      Thread.sleep(10);
    }
  }

  /// Neither the master, nor the clients of it, nor what watched over it.
  private static void awaitNoProcessOf(Path directory) throws InterruptedException {
    while (ProcessHandle.allProcesses().anyMatch(process -> names(process, directory))) {
      Thread.sleep(10);
    }
  }

  private static boolean names(ProcessHandle process, Path directory) {
    try {
      // A master calls itself by its control socket.
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
          .contains(directory.toString());
    } catch (IOException gone) {
      return false;
    }
  }

  /// A Ctrl-C, or the end of a terminal, is for the process itself to answer.
  @Test
  void theProcessThatWatchesIsInASessionOfItsOwn() throws Exception {
    ProcessHandle watch;
    try (SshTransport transport = new SshTransport(sshd.target())) {
      transport.open();
      watch = watch();
      String stat = Files.readString(Path.of("/proc/" + watch.pid() + "/stat"));
      // Fields behind the name: state ppid pgrp session …
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      assertThat(fields[3]).isEqualTo(Long.toString(watch.pid()));
    }
    watch.onExit().get();
  }

  private static ProcessHandle watch() {
    return ProcessHandle.current()
        .children()
        .filter(child -> names(child, Path.of("initrunner-watch")))
        .findFirst()
        .orElseThrow();
  }
}
