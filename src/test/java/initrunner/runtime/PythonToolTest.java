package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.tools.PythonSettings;
import initrunner.ssh.SshdExtension;
import initrunner.tool.ToolCall;
import initrunner.tool.ToolResult;
import initrunner.tool.ToolResult.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
@Timeout(60)
class PythonToolTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  private static final PythonSettings PYTHON =
      new PythonSettings(Optional.empty(), Duration.ofSeconds(30), 102_400, true);

  private static Optional<ToolSide> opened = Optional.empty();

  @Parameter ToolSide.Where where = ToolSide.Where.THIS_MACHINE;
  @TempDir Path directory;

  @BeforeEach
  void connect() {
    if (opened.isEmpty()) {
      opened = Optional.of(ToolSide.open(where, sshd));
    }
  }

  @AfterAll
  static void disconnect() {
    opened.ifPresent(ToolSide::close);
    opened = Optional.empty();
  }

  @Test
  void codeRunsAndItsOutputAndExitAreTold() {
    assertThat(python("print(6 * 7)").text()).isEqualTo("STDOUT:\n42");
    assertThat(python("import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.exit(3)"))
        .isEqualTo(new ToolResult("c1", "Exit code: 3\nSTDOUT:\nout\nSTDERR:\nerr", Status.FAILED));
    assertThat(python("").text()).isEqualTo("(no output)");
  }

  @Test
  void codeIsTheMainModuleAndReadsTheEndOfItsInput() {
    assertThat(
            python(
                    """
                    if __name__ == '__main__':
                        print(sorted(n for n in globals() if not n.startswith('__')))
                        import sys
                        print(repr(sys.stdin.read()))
                    """)
                .text())
        .isEqualTo("STDOUT:\n[]\n''");
  }

  @Test
  void codeIsUtf8WhateverItDeclares() {
    for (String line :
        List.of(
            "# -*- coding: latin-1 -*-", "# vim: set fileencoding=utf-16 :", "# coding: none")) {
      assertThat(python(line + "\nprint('é', ascii('é'))").text()).isEqualTo("STDOUT:\né '\\xe9'");
    }
    assertThat(python("\ufeffprint('a')\r\nprint('b')").text()).isEqualTo("STDOUT:\na\nb");
  }

  @Test
  void aModuleOfTheDirectoryIsStartedByTheCodeAlone() {
    List<String> names = List.of("socket", "linecache", "traceback", "ast", "tokenize");
    assertThat(
            python(
                    "import os, sys\n"
                        + "names = '"
                        + String.join(" ", names)
                        + "'.split()\n"
                        + "[open(n + '.py', 'w').write('print(\"planted\")') for n in names]\n"
                        + "open('own_module.py', 'w').write('print(\"own\")')")
                .text())
        .isEqualTo("(no output)");
    try {
      assertThat(python("print(1)\nimport own_module").text()).isEqualTo("STDOUT:\n1\nown");
    } finally {
      assertThat(
              python(
                      "import os\nfor n in '"
                          + String.join(" ", names)
                          + " own_module'.split(): os.remove(n + '.py')")
                  .status())
          .isEqualTo(Status.SUCCEEDED);
    }
  }

  @Test
  void theCodeFindsNoArguments() {
    assertThat(python("import sys; print(sys.argv)").text()).isEqualTo("STDOUT:\n['-c']");
  }

  @Test
  void aTracebackShowsTheCodesOwnLinesAndNoOthers() {
    assertThat(python("def fail():\n    return 1 / 0\n\nfail()").text())
        .startsWith(
            """
            Exit code: 1
            STDERR:
            Traceback (most recent call last):
              File "<code>", line 4, in <module>
                fail()
              File "<code>", line 2, in fail
                return 1 / 0
            """)
        .endsWith("ZeroDivisionError: division by zero");
    assertThat(python("print('a'\nprint(1)").text())
        .startsWith("Exit code: 1\nSTDERR:\n  File \"<code>\", line 1\n    print('a'\n")
        .contains("SyntaxError");
  }

  @Test
  void anExitOf127IsTheCodesOwn() {
    assertThat(python("raise SystemExit(127)").text()).isEqualTo("Exit code: 127");
  }

  @Test
  void aSideWithoutPythonSaysSoAndWhatToDo() throws IOException {
    ToolSide side = opened.orElseThrow();
    ToolResult result =
        side.runtimeWithOnly(List.of("sh"), directory, PYTHON).call(call("print('never')"));
    assertThat(result.status()).isEqualTo(Status.FAILED);
    assertThat(result.text())
        .isEqualTo(
            "Error: command 'python3' not found on "
                + side.name()
                + ". Nothing was run. Install Python 3 there, or put its directory on the PATH"
                + " that commands get there.");
  }

  @Test
  void aLauncherMayWrapTheInterpreter() {
    RoleRuntime runtime =
        opened.orElseThrow().runtime(directory, ToolSide.wrapping("env", "WRAPPED=1"), PYTHON);
    assertThat(runtime.call(call("import os; print(os.environ['WRAPPED'])")).text())
        .isEqualTo("STDOUT:\n1");
  }

  @Test
  void nothingIsPutIntoFiles() throws IOException {
    assertThat(python("import os; print(os.listdir('.'))").text()).isEqualTo("STDOUT:\n[]");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aWorkingDirIsWhereTheCodeRuns() throws IOException {
    Path sub = Files.createDirectory(directory.resolve("sub dir"));
    Files.writeString(sub.resolve("mine.py"), "answer = 42");
    PythonSettings inSub =
        new PythonSettings(Optional.of("sub dir"), Duration.ofSeconds(30), 1000, true);
    assertThat(python(inSub, "import os, mine; print(os.getcwd(), mine.answer)").text())
        .isEqualTo("STDOUT:\n" + sub.toRealPath() + " 42");
  }

  @Test
  void pythonsOwnSocketsAreRefusedWhereTheNetworkIsDisabled() {
    String code =
        """
        import socket
        for attempt in (
            lambda: socket.create_connection(('127.0.0.1', 9)),
            lambda: socket.getaddrinfo('localhost', 9),
            lambda: socket.socket().bind(('127.0.0.1', 0)),
            lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9)),
        ):
            try:
                attempt()
                print('done')
            except Exception as e:
                print(type(e).__name__)
        a, b = socket.socketpair()
        a.send(b'local'); print(b.recv(5))
        """;
    assertThat(python(code).text())
        .isEqualTo("STDOUT:\n" + "PermissionError\n".repeat(4) + "b'local'");
    PythonSettings networked =
        new PythonSettings(Optional.empty(), Duration.ofSeconds(30), 1000, false);
    assertThat(python(networked, code).text())
        .isEqualTo("STDOUT:\nConnectionRefusedError\ndone\ndone\ndone\nb'local'");
  }

  @Test
  void theTimeIsBounded() {
    PythonSettings brief =
        new PythonSettings(Optional.empty(), Duration.ofMillis(1500), 1000, false);
    ToolResult late = python(brief, "import time\ntime.sleep(60)");
    assertThat(late.status()).isEqualTo(Status.TIMED_OUT);
    assertThat(late.text()).startsWith("Error: Execution timed out after 1.5s. ");
  }

  @Test
  void whatWasPrintedBeforeACancelIsTold() throws Exception {
    RoleRuntime runtime = opened.orElseThrow().runtime(directory, PYTHON);
    ToolCall sleeping =
        call("print('begun')\nopen('mark', 'w').close()\nimport time\ntime.sleep(60)");
    FutureTask<ToolResult> cancelled = new FutureTask<>(() -> runtime.call(sleeping));
    Thread caller = Thread.startVirtualThread(cancelled);
    while (!Files.exists(directory.resolve("mark")) && !cancelled.isDone()) {
      Thread.sleep(10);
    }
    caller.interrupt();
    assertThat(cancelled.get().status()).isEqualTo(Status.CANCELLED);
    assertThat(cancelled.get().text())
        .startsWith("Error: Execution was cancelled. ")
        .endsWith("STDOUT:\nbegun");
  }

  @Test
  void noSecretOfTheEnvironmentReachesTheCode() {
    assertThat(
            python("import os; print([n for n in os.environ if n.endswith(('_KEY', '_TOKEN'))])")
                .text())
        .isEqualTo("STDOUT:\n[]");
  }

  @Test
  void theOutputIsBounded() {
    PythonSettings small = new PythonSettings(Optional.empty(), Duration.ofSeconds(30), 20, true);
    assertThat(python(small, "print('x' * 1000000)").text())
        .startsWith("STDOUT:\nxxxxxxxxxx\n[…")
        .endsWith("\n[truncated]");
  }

  @Test
  void callsRunAtTheSameTimeWithoutMeeting() throws Exception {
    RoleRuntime runtime = opened.orElseThrow().runtime(directory, PYTHON);
    List<FutureTask<ToolResult>> calls = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ToolCall own = call("print(" + i + ")");
      FutureTask<ToolResult> call = new FutureTask<>(() -> runtime.call(own));
      calls.add(call);
      Thread.startVirtualThread(call);
    }
    for (int i = 0; i < 4; i++) {
      assertThat(calls.get(i).get().text()).isEqualTo("STDOUT:\n" + i);
    }
  }

  private ToolResult python(String code) {
    return python(PYTHON, code);
  }

  private ToolResult python(PythonSettings settings, String code) {
    return opened.orElseThrow().runtime(directory, settings).call(call(code));
  }

  private static ToolCall call(String code) {
    return new ToolCall("c1", "run_python", Map.of("code", code));
  }
}
