package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What is learned of a server's sessions.
class MasterChannelsTest {

  private final MasterChannels channels = channels();

  @Test
  void aRefusalWhileOthersAreOnlyBeingAskedForNeverRaisesWhatIsKnown() {
    reserve(12);
    channels.refused(9);
    channels.refused(11);
    channels.refused(10);

    channels.free();
    assertThat(channels.inUse()).isEqualTo(8);
    assertThat(channels.reserve()).isTrue();
    assertThat(channels.reserve()).isFalse();
  }

  @Test
  void aServerThatHadNoSessionThoughNoneIsInUseIsAskedAgainAfterAPause() {
    assertThat(channels.refusalPauseNanos()).isZero();
    reserve(2);
    channels.refused(1);
    assertThat(channels.refusalPauseNanos()).isZero();

    channels.refused(0);
    while (channels.refusalPauseNanos() > 0) {
      assertThat(channels.refusalPauseNanos()).isLessThanOrEqualTo(50_000_000L);
    }
    assertThat(channels.reserve()).isTrue();
  }

  @Test
  void aMasterThatKeepsTooManyRefusedChannelsTakesNoMoreCalls() {
    for (int refusals = 1; refusals < 4000; refusals++) {
      channels.refused(0);
    }
    assertThat(channels.isUsable()).isTrue();

    channels.refused(0);
    assertThat(channels.isUsable()).isFalse();
  }

  private void reserve(int sessions) {
    for (int session = 0; session < sessions; session++) {
      assertThat(channels.reserve()).isTrue();
    }
  }

  private static MasterChannels channels() {
    SshTarget target = SshTarget.of("nowhere");
    SshConfiguration configuration = SshConfiguration.EMPTY;
    SshClient client = new SshClient(target, System.getenv("PATH"));
    SshMaster master = new SshMaster(client, configuration, Path.of("/nowhere/ctl.sock"));
    SshLink.Connection connection =
        new SshLink.Connection(
            client,
            configuration,
            master,
            Optional.empty(),
            new MasterWatch(client, master.controlPath()),
            new LoginShell(LoginShell.Quoting.POSIX, true, false, false, "@mark"),
            Path.of("/nowhere"));
    connection.watch().close();
    return new MasterChannels(
        new SshLink(target), connection, SessionRequests.of(configuration, java.util.Map.of()));
  }
}
