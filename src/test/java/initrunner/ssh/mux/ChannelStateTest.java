package initrunner.ssh.mux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import initrunner.exec.Ended;
import initrunner.exec.OutputEnd;
import initrunner.ssh.mux.ChannelState.Program;
import org.junit.jupiter.api.Test;

/// What may follow on a channel, and what may not.
class ChannelStateTest {

  private final ChannelState state = new ChannelState();

  @Test
  void aShellOrACommandIsStartedOnceAndNoShellBehindACommand() {
    state.begin(Program.SHELL);
    assertThatIllegalStateException().isThrownBy(() -> state.begin(Program.SHELL));
    assertThat(state.takesCommand()).isTrue();
    state.begin(Program.COMMAND);
    assertThat(state.takesCommand()).isFalse();
    assertThatIllegalStateException().isThrownBy(() -> state.begin(Program.COMMAND));
    assertThatIllegalStateException().isThrownBy(() -> state.begin(Program.SHELL));
  }

  @Test
  void theFirstEndCounts() {
    state.begin(Program.COMMAND);
    state.ended(new Ended.Exited(3));
    state.ended(new Ended.Exited(4));
    state.refused();
    assertThat(state.ended()).contains(new Ended.Exited(3));
    assertThat(state.isRefused()).isFalse();
  }

  @Test
  void nothingIsStartedOnAChannelWhoseShellHasEndedOrThatIsAtItsEnd() {
    state.begin(Program.SHELL);
    state.ended(new Ended.Exited(0));
    assertThat(state.takesCommand()).isFalse();
    assertThatIllegalStateException().isThrownBy(() -> state.begin(Program.COMMAND));

    ChannelState closed = new ChannelState();
    closed.eofCame();
    assertThat(closed.takesCommand()).isFalse();
  }

  @Test
  void aCommandIsOverWithItsEndAndItsOutputInAnyOrderOrWithTheChannel() {
    state.begin(Program.COMMAND);
    state.eofCame();
    assertThat(state.isOver()).isFalse();
    state.ended(new Ended.Exited(0));
    assertThat(state.isOver()).isTrue();

    ChannelState held = new ChannelState();
    held.begin(Program.COMMAND);
    assertThat(held.output()).isEqualTo(OutputEnd.CUT);
    held.ended(new Ended.Exited(0));
    assertThat(held.isOver()).isFalse();
    assertThat(held.output()).isEqualTo(OutputEnd.HELD_OPEN);
    held.closeCame();
    held.eofCame();
    assertThat(held.isOver()).isTrue();
    assertThat(held.isClosed()).isTrue();
    assertThat(held.output()).isEqualTo(OutputEnd.COMPLETE);
  }
}
