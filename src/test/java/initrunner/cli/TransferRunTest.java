package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.agent.ScriptedModel;
import initrunner.audit.AuditQuery;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.ChildJvm;
import initrunner.role.RoleLoader;
import initrunner.runtime.RoleRuntime;
import initrunner.ssh.SshdExtension;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Whole runs in which a model moves files, over a real sshd.
@Timeout(120)
class TransferRunTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final int LARGE_BYTES = 200 << 20;

  @TempDir private Path directory;
  private Path here = Path.of("");
  private Path work = Path.of("");

  @BeforeEach
  void makeDirectories() throws IOException {
    here = Files.createDirectory(directory.resolve("exchange"));
    work = Files.createDirectory(directory.resolve("work"));
  }

  @Test
  void aModelMovesFilesWhoseContentItNeverSees() throws Exception {
    Files.writeString(here.resolve("data.csv"), "not for the model");
    Files.writeString(work.resolve("report.html"), "nor this");
    try (ScriptedModel model =
        ScriptedModel.of(
            ScriptedModel.calls(
                new ScriptedModel.Call(
                    "a", "send_file", "{\"local\": \"data.csv\", \"remote\": \"in/data.csv\"}"),
                new ScriptedModel.Call(
                    "b",
                    "fetch_file",
                    "{\"remote\": \"report.html\", \"local\": \"out/report.html\"}")),
            ScriptedModel.text("Done."))) {
      Map<String, String> environment = new HashMap<>(model.environment());
      environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
      CapturedConsole console = CapturedConsole.of(environment);

      int status =
          console.run("run", role("transfer, local_root: exchange").toString(), "-p", "Go.");

      assertThat(status).as(console.stderr()).isEqualTo(ExitCodes.OK);
      assertThat(work.resolve("in/data.csv")).hasContent("not for the model");
      assertThat(here.resolve("out/report.html")).hasContent("nor this");
      assertThat(model.requests().getLast().body().toString())
          .contains("Sent data.csv to in/data.csv on my-build-box: created, 17 bytes, SHA-256 ")
          .contains("Fetched report.html from my-build-box to out/report.html: created, 8 bytes")
          .doesNotContain("not for the model", "nor this");
      List<AuditQuery.Event> rows = new RemoteAgent(sshd, directory, work).events();
      assertThat(rows).hasSize(4);
      assertThat(rows)
          .filteredOn(row -> row.eventType().equals("sandbox.exec"))
          .extracting(AuditQuery.Event::details)
          .allMatch(row -> row.contains(" rc=0 ") && row.contains(" tool=transfer "))
          .anyMatch(row -> row.contains(" function=send_file "))
          .anyMatch(row -> row.matches(".* stdout_bytes=75 .* function=fetch_file .*"));
      assertThat(rows.toString()).doesNotContain("not for the model", "nor this");
    }
  }

  @Test
  void aCallThatIsRefusedHereIsRecorded() throws IOException {
    Path role = role("transfer, local_root: exchange");
    Map<String, String> environment =
        Map.of("INITRUNNER_HOME", directory.resolve("home").toString());
    try (ScriptedModel model =
        ScriptedModel.of(
            ScriptedModel.calls(
                new ScriptedModel.Call(
                    "a", "send_file", "{\"local\": \"none\", \"remote\": \"a\"}")),
            ScriptedModel.text("Done."))) {
      Map<String, String> all = new HashMap<>(model.environment());
      all.putAll(environment);
      assertThat(CapturedConsole.of(all).run("run", role.toString(), "-p", "Go."))
          .isEqualTo(ExitCodes.OK);
    }
    assertThat(new RemoteAgent(sshd, directory, work).events())
        .extracting(AuditQuery.Event::details)
        .singleElement()
        .asString()
        .contains(" ended=refused reason=policy tool=transfer ", " function=send_file");
  }

  /// In less memory than the file has.
  @Test
  void aLargeFileIsNeverInMemoryAsAWhole() throws Exception {
    byte[] block = new byte[1 << 20];
    new Random(1).nextBytes(block);
    try (var out = Files.newOutputStream(here.resolve("large"))) {
      for (int i = 0; i < LARGE_BYTES / block.length; i++) {
        out.write(block);
      }
    }
    Path role = role("transfer, local_root: exchange");

    for (List<String> call :
        List.of(List.of("send_file", "large", "there"), List.of("fetch_file", "back", "there"))) {
      Process process =
          new ProcessBuilder(
                  ChildJvm.command(
                      List.of("-Xmx48m", "-XX:MaxDirectMemorySize=16m"),
                      TransferRunTest.class.getName(),
                      role.toString(),
                      call.get(0),
                      call.get(1),
                      call.get(2)))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      assertThat(process.inputReader().readAllAsString())
          .contains("SUCCEEDED", LARGE_BYTES + " bytes");
      assertThat(process.waitFor()).isZero();
    }
    assertThat(Files.mismatch(here.resolve("large"), work.resolve("there"))).isEqualTo(-1);
    assertThat(Files.mismatch(here.resolve("large"), here.resolve("back"))).isEqualTo(-1);
  }

  /// A process of its own that makes one call.
  ///
  /// @param args the role's file, the function, the local and the remote name
  public static void main(String[] args) {
    try (RoleRuntime runtime =
        RoleRuntime.open(RoleLoader.load(Path.of(args[0])), Optional.empty(), "run1")) {
      ToolResult result =
          runtime.call(new ToolCall("c1", args[1], Map.of("local", args[2], "remote", args[3])));
      System.out.println(result.status() + " " + result.text());
    }
  }

  private Path role(String tool) throws IOException {
    return new RemoteAgent(sshd, directory, work).role("- {type: " + tool + "}", "");
  }
}
