package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.exec.Ended;
import initrunner.role.tools.FilesystemSettings;
import initrunner.runtime.HostAccess.FileAnswer;
import initrunner.runtime.HostAccess.Permit;
import initrunner.ssh.SshdExtension;
import initrunner.tool.ToolCall;
import initrunner.tool.files.HostFileTool;
import initrunner.tool.files.HostFileTool.Function;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Operations on files as bytes, where a host has BusyBox's programs only. The rest is in
/// `door.codex`.
class HostAccessTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir private Path directory;

  private FileAnswer file(HostAccess access, Function function, Map<String, Object> more)
      throws InterruptedException {
    Map<String, Object> arguments = new HashMap<>(more);
    Permit permit = access.permit(new ToolCall("1", function.tool(), arguments));
    assertThat(permit).isInstanceOf(Permit.Ready.class);
    return access.file((Permit.Ready) permit);
  }

  private static String output(FileAnswer answer) {
    assertThat(answer.ended()).as(answer.complaint()).isEqualTo(new Ended.Exited(0));
    return new String(answer.output(), StandardCharsets.UTF_8);
  }

  @Test
  void allOperationsWorkWithBusybox() throws Exception {
    Path work = Files.createDirectory(directory.resolve("work"));
    try (ToolSide side = ToolSide.open(ToolSide.Where.HOST_OVER_SSH, sshd);
        RoleRuntime runtime = side.runtimeWithBusybox(work, FilesystemSettings.writing())) {
      HostAccess access = runtime.hostWork().access("test");
      String path = work.resolve("a/b.txt").toString();

      output(file(access, Function.WRITE, Map.of("path", path, "content", "12345")));
      assertThat(output(file(access, Function.READ, Map.of("path", path)))).isEqualTo("5\n12345");
      assertThat(
              output(
                  file(access, Function.READ, Map.of("path", path, "first_byte", 1, "bytes", 2))))
          .isEqualTo("5\n23");
      assertThat(output(file(access, Function.METADATA, Map.of("path", path))))
          .matches("file no 5 [1-9][0-9]+\n");
      assertThat(output(file(access, Function.RESOLVE, Map.of("path", "a/./b.txt"))))
          .isEqualTo(work.toRealPath().resolve("a/b.txt") + "\0");
      assertThat(output(file(access, Function.LIST, Map.of("path", "a"))))
          .isEqualTo("f./b.txt\0\0");
      output(file(access, Function.COPY, Map.of("source", path, "path", "c/d")));
      assertThat(output(file(access, Function.WALK, Map.of("path", ".", "depth", 3))).split("\0"))
          .contains("d./a", "f./a/b.txt", "f./c/d");
      output(file(access, Function.MAKE_DIRECTORY, Map.of("path", "e/f")));
      output(file(access, Function.REMOVE, Map.of("path", "c")));

      assertThat(work.resolve("e/f")).isEmptyDirectory();
      assertThat(work.resolve("c")).doesNotExist();
      assertThat(file(access, Function.READ, Map.of("path", "c/d")).ended())
          .isEqualTo(new Ended.Exited(HostFileTool.MISSING));
    }
  }
}
