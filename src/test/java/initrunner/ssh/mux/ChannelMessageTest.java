package initrunner.ssh.mux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

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
    ByteBuffer sent = out.toSend();
    assertThat(sent.getInt()).isEqualTo(sent.remaining());
    ChannelMessage message = ChannelMessage.decode(sent);
    assertThat(message).isEqualTo(new ChannelMessage.Data(channel, ByteBuffer.wrap(content)));
  }
}
