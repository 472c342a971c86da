package initrunner.ssh.mux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class ChannelMessageTest {

  @Property(tries = 500)
  void bytesAreAMessageOrTheReasonWhyNot(@ForAll byte[] bytes) {
    String came;
    try {
      came = ChannelMessage.decode(ByteBuffer.wrap(bytes)).toString();
    } catch (ProtocolException reason) {
      came = String.valueOf(reason.getMessage());
    }
    assertThat(came).isNotEmpty();
  }

  @Example
  void aServerMayTakePacketsOfAnySize() throws ProtocolException {
    byte[] confirmation = HexFormat.of().parseHex("005b000000000000000700200000ffffffff");
    assertThat(ChannelMessage.decode(ByteBuffer.wrap(confirmation)))
        .isEqualTo(new ChannelMessage.OpenConfirmation(0, 7, 0x200000, Integer.MAX_VALUE));
  }

  @Property(tries = 500)
  void aDataMessageIsReadBack(@ForAll int channel, @ForAll byte[] content)
      throws ProtocolException {
    FrameWriter out = new FrameWriter(64);
    out.data(channel, ByteBuffer.wrap(content));
    ByteBuffer sent = out.pending();
    assertThat(sent.getInt()).isEqualTo(sent.remaining());
    ChannelMessage message = ChannelMessage.decode(sent);
    assertThat(message).isEqualTo(new ChannelMessage.Data(channel, ByteBuffer.wrap(content)));
  }

  /// The buffer is small, so that what waits is moved in it, and grows.
  @Property(tries = 200)
  void whatIsSentInPiecesIsWhatWasPutThere(@ForAll List<@Size(max = 300) byte[]> contents) {
    FrameWriter all = new FrameWriter(0);
    FrameWriter out = new FrameWriter(100);
    ByteBuffer sent = ByteBuffer.allocate(1 << 20);
    for (byte[] content : contents) {
      all.data(1, ByteBuffer.wrap(content));
      out.data(1, ByteBuffer.wrap(content));
      int some = out.pendingBytes() * 2 / 3;
      sent.put(out.pending().slice(0, some));
      out.sent(some);
    }
    sent.put(out.pending());
    assertThat(sent.flip()).isEqualTo(all.pending());
  }
}
