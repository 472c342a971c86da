package initrunner.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.audit.AuditQuery;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostWithoutARoleTest {

  @TempDir private Path home;

  /// A call that fails, as there is no such host, is recorded, too.
  @Test
  void itsCallsAreRecordedAsThoseOfMcp() throws Exception {
    PipedServer server =
        PipedServer.start(
            Map.of("INITRUNNER_HOME", home.toString()),
            "mcp",
            "--host",
            "no-such-host.invalid",
            "--tools",
            "filesystem");
    server.initialize();
    server.send(
        """
        {"jsonrpc":"2.0","id":"1","method":"tools/call","params":
        {"name":"read_file","arguments":{"path":"x"}}}
        """);
    JsonNode answer = server.receive();
    server.requests().close();

    assertThat(server.process().waitFor()).isZero();
    assertThat(answer.path("result").path("isError").asBoolean()).isTrue();
    List<AuditQuery.Event> rows =
        new AuditQuery(Optional.of("sandbox.exec"), Optional.empty(), Optional.empty(), 10)
            .run(home.resolve("audit.db"));
    assertThat(rows)
        .anySatisfy(row -> assertThat(row.details()).contains("function=read_file"))
        .allSatisfy(row -> {
          assertThat(row.agentName()).isEqualTo("mcp");
          assertThat(row.details()).contains(" door=mcp ");
        });
  }
}
