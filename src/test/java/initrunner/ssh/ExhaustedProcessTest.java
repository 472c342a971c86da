package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of calls of a process that has no file descriptor, or no memory for buffers, left.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ExhaustedProcessTest {

  private static final String NO_SOCKET =
      "LOCAL_LIMIT: this process can open no further socket for a command on 'my-build-box'"
          + " (Too many open files): ";

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();
  @RegisterExtension static final SshdExtension single = new SshdExtension("MaxSessions 1");

  @Test
  void aCallThatCanHaveNoSocketSaysSoAndHurtsNoOther() throws Exception {
    long before = sshd.logins();
    List<String> said = run("after-login");
    assertThat(atOnce(said))
        .contains("Exited[status=4]")
        .anyMatch(each -> each.startsWith(NO_SOCKET))
        .allMatch(each -> each.equals("Exited[status=4]") || each.startsWith(NO_SOCKET));
    assertThat(sshd.logins()).isEqualTo(before + 1);
  }

  @Test
  void theSocketsThatThereAreServeOneCallAfterTheOther() throws Exception {
    List<String> said = run("after-login");
    int oneByOne = said.indexOf("one by one");
    assertThat(said.subList(oneByOne, oneByOne + 3))
        .containsExactly("one by one", "Exited[status=5]", "Exited[status=5]");
  }

  @Test
  void onceThereAreDescriptorsAgainEveryCallHasAChannelOnTheSameConnection() throws Exception {
    long before = sshd.logins();
    List<String> said = run("after-login");
    assertThat(said.subList(said.indexOf("all at once") + 1, said.size()))
        .hasSize(8)
        .containsOnly("Exited[status=6]");
    assertThat(sshd.logins()).isEqualTo(before + 1);
  }

  @Test
  void aLoginThatCanHaveNoDescriptorSaysSoAndTheNextOneWorks() throws Exception {
    List<String> said = run("before-login");
    assertThat(said).hasSize(2);
    assertThat(said.getFirst()).contains("Too many open files").contains("ulimit -n");
    assertThat(said.getLast()).isEqualTo("Exited[status=5]");
  }

  /// The call before each has the only session of a connection; so it is given back.
  @ParameterizedTest
  @ValueSource(strings = {"buffers", "heap"})
  void aCommandThatCouldNotBeSentForWantOfMemoryGivesItsSessionBack(String what) throws Exception {
    Path configuration =
        single
            .targetVia(single.port(), "SendEnv " + ExhaustedProcess.SENT_VARIABLES)
            .configFile()
            .orElseThrow();
    List<String> said = ExhaustedProcess.run(what, configuration, single.home());
    String works = "Exited[status=5]";
    String not = "no memory";
    assertThat(said)
        .containsExactly(works, not, works, not, works, not, works, not, works, not, works);
  }

  @Test
  void aLoginThatCanHaveNoThreadIsWaitedForByNoCallAndTheNextOneWorks() throws Exception {
    assertThat(run("threads")).containsExactly("no thread", "no memory", "Exited[status=5]");
    sshd.awaitNoClients();
  }

  @Test
  void aCommandOfThisMachineThatCanHaveNoThreadLeavesNoProcessAndTheNextOneWorks()
      throws Exception {
    assertThat(run("local-threads"))
        .containsExactly("Exited[status=5]", "no memory", "no child", "Exited[status=5]");
  }

  private static List<String> run(String what) throws IOException {
    Path goOn = sshd.home().resolve("go-on-" + System.nanoTime());
    return ExhaustedProcess.run(what, sshd.configFile(), goOn);
  }

  private static List<String> atOnce(List<String> said) {
    assertThat(said).contains("one by one");
    return said.subList(0, said.indexOf("one by one"));
  }
}
