package initrunner.cli.demo;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.ChannelSession;

/// A session channel that always reports its command's end. The library's own sends EOF first, so a
/// client may close the channel and never get the status; nor can it report that a signal ended the
/// command (RFC 4254 section 6.10).
final class DemoChannel extends ChannelSession {

  private final AtomicBoolean told = new AtomicBoolean();
  private volatile Optional<String> exitSignal = Optional.empty();

  /// Reports the command's end as this signal, named without `SIG`.
  void endedBySignal(String name) {
    exitSignal = Optional.of(name);
  }

  @Override
  protected void closeShell(int status, boolean immediately) throws IOException {
    if (!isClosing()) {
      sendExitStatus(status);
    }
    super.closeShell(status, immediately);
  }

  @Override
  protected void sendExitStatus(int status) throws IOException {
    if (exitSignal.isEmpty()) {
      super.sendExitStatus(status);
    } else if (told.compareAndSet(false, true)) {
      sendExitSignal(exitSignal.get());
    }
  }

  private void sendExitSignal(String name) throws IOException {
    Buffer request = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST);
    request.putUInt(getRecipient());
    request.putString("exit-signal");
    request.putBoolean(false);
    request.putString(name);
    request.putBoolean(false);
    request.putString("");
    request.putString("");
    writePacket(request);
  }
}
