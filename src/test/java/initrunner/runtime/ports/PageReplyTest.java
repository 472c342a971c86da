package initrunner.runtime.ports;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What servers send, in pieces of each size.
class PageReplyTest {

  private static PageReply reply(String sent, int pieceBytes) {
    PageReply reply = new PageReply(20);
    byte[] bytes = sent.getBytes(ISO_8859_1);
    try {
      for (int at = 0; at < bytes.length; at += pieceBytes) {
        reply.stdout(ByteBuffer.wrap(bytes, at, Math.min(pieceBytes, bytes.length - at)));
      }
    } catch (PageReply.EnoughException wantsNoMore) {
      // The rest would not be read.
    }
    return reply;
  }

  private static String body(PageReply reply) {
    return new String(reply.body(), UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1000})
  void aBodyEndsAsItsHeadSays(int pieceBytes) {
    PageReply counted =
        reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, more", pieceBytes);
    assertThat(body(counted)).isEqualTo("hello");
    assertThat(counted.isWhole()).isTrue();

    PageReply chunked =
        reply(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n, 89012345\r\n0\r\n\r\n",
            pieceBytes);
    assertThat(body(chunked)).isEqualTo("hello, 89012345");
    assertThat(chunked.isWhole()).isTrue();

    PageReply toTheEnd = reply("HTTP/1.0 200\n\nhello", pieceBytes);
    assertThat(body(toTheEnd)).isEqualTo("hello");
    assertThat(toTheEnd.isWhole()).isTrue();

    PageReply interim =
        reply(
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\nx",
            pieceBytes);
    assertThat(interim.head().orElseThrow().status()).isEqualTo(204);
    assertThat(interim.body()).isEmpty();
    assertThat(interim.isWhole()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void oneThatIsCutIsNotWhole(int pieceBytes) {
    assertThat(reply("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhell", pieceBytes).isWhole())
        .isFalse();
    PageReply large = reply("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(50), pieceBytes);
    assertThat(body(large)).hasSize(20);
    assertThat(large.isCut()).isTrue();
    assertThat(large.isWhole()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+OK\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno end",
        ""
      })
  void whatIsNoHeadIsNone(String sent) {
    assertThat(reply(sent, 3).head()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"zz\r\n", "-5\r\n", "ffffffffffffffffff\r\n", "7fffffffffffffff\r\nab"})
  void aChunkOfAnImpossibleSizeEndsTheBody(String chunk) {
    PageReply reply = reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk, 2);
    assertThat(reply.head()).isPresent();
    assertThat(reply.isWhole()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096})
  void aHeadThatDoesNotEndIsNotKept(int pieceBytes) {
    PageReply reply = reply("HTTP/1.1 200 OK\r\n" + "x".repeat(100_000), pieceBytes);
    assertThat(reply.head()).isEmpty();
    assertThat(reply.otherStart()).hasSizeLessThan(70_000);
  }
}
