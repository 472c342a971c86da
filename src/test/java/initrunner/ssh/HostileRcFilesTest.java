package initrunner.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended.Exited;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.SecretEnvironment;
import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import initrunner.exec.transport.Transport;
import initrunner.ssh.process.SshProcessTransport;
import initrunner.tool.CallBounds;
import initrunner.tool.Plan;
import initrunner.tool.PythonTool;
import initrunner.tool.ScriptTool;
import initrunner.tool.Tool;
import initrunner.tool.files.FileTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What rc files do to the input, the outputs and the shell itself: either calls are as they are
/// anywhere, or nothing is started and the message names the rc files. What is in a call's input is
/// never run.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HostileRcFilesTest {

  private static final Limits LIMITS = Limits.timeout(Duration.ofSeconds(30));

  /// What becomes of calls on such a host.
  private enum Fate {
    WORKS,
    REFUSED
  }

  record RcFile(String shell, String name, String text, Fate fate) {

    @Override
    public String toString() {
      return name + ": " + text.strip();
    }
  }

  private static RcFile bash(Fate fate, String text) {
    return new RcFile("bash", ".bashrc", text, fate);
  }

  private static RcFile zsh(Fate fate, String text) {
    return new RcFile("zsh", ".zshenv", text, fate);
  }

  private static RcFile csh(Fate fate, String text) {
    return new RcFile("tcsh", ".tcshrc", text, fate);
  }

  private static RcFile fish(Fate fate, String text) {
    return new RcFile("fish", ".config/fish/config.fish", text, fate);
  }

  static Stream<RcFile> bashFiles() {
    return Stream.of(
        bash(Fate.REFUSED, "read -t 1 line"),
        bash(Fate.REFUSED, "read -t 1 line; read -t 1 line"),
        bash(Fate.REFUSED, "read line; exec bash"),
        bash(Fate.REFUSED, "cat >/dev/null"),
        bash(Fate.REFUSED, "head -c 10 >/dev/null"),
        bash(Fate.REFUSED, "sh -c 'cat >/dev/null; exit 255'"),
        bash(Fate.REFUSED, "exec 0</dev/null"),
        bash(Fate.REFUSED, "exec 0<&-"),
        bash(Fate.REFUSED, "exec >/dev/null"),
        bash(Fate.REFUSED, "exec 2>/dev/null"),
        bash(Fate.REFUSED, "exec 2>&1"),
        bash(Fate.REFUSED, "exec bash"),
        bash(Fate.REFUSED, "exec zsh"),
        bash(Fate.REFUSED, "exec sh"),
        bash(Fate.REFUSED, "exec fish"),
        bash(Fate.REFUSED, "exec tcsh"),
        bash(Fate.REFUSED, "exit"),
        bash(Fate.REFUSED, "[ -t 0 ] || exit 1"),
        bash(Fate.REFUSED, "set -n"),
        bash(Fate.WORKS, "return 0"),
        bash(Fate.WORKS, "trap 'echo \"DEBUG $BASH_COMMAND\"' DEBUG"),
        bash(Fate.WORKS, "trap 'echo \"DEBUG $BASH_COMMAND\" >&2' DEBUG"),
        bash(Fate.WORKS, "trap 'echo bye; echo bye >&2' EXIT"),
        bash(Fate.WORKS, "trap 'echo failed >&2' ERR; set -E"),
        bash(Fate.WORKS, "set -x"),
        bash(Fate.WORKS, "set -v; PS4='$(echo + >&2)'; set -x"),
        bash(Fate.WORKS, "readonly TMOUT=60; export TMOUT"),
        bash(Fate.WORKS, "declare -r IFS PATH"),
        bash(Fate.WORKS, "declare -r LC_ALL=C initrunner_head=x initrunner_line=x"),
        bash(Fate.WORKS, "set -eu; set -o pipefail"),
        bash(Fate.WORKS, "set -a -f -k -m; shopt -s failglob extglob nocasematch"),
        bash(Fate.WORKS, "set -o posix"),
        bash(Fate.WORKS, "IFS=0123456789abcdef/-"),
        bash(
            Fate.WORKS,
            "shopt -s expand_aliases; alias cd='cd -P' sh=false exec=false env=false printf=echo"
                + " eval=: read=: echo=false set=false"),
        bash(Fate.WORKS, "shopt -s expand_aliases; alias case=while"),
        bash(Fate.WORKS, "cd() { builtin cd \"$@\" && pwd; }"),
        bash(Fate.WORKS, "read() { return 1; }; eval() { echo no; }; env() { echo no; }"),
        bash(Fate.WORKS, "printf() { :; }; echo() { :; }; set() { :; }; test() { :; }"),
        bash(Fate.WORKS, "[() { return 0; }"),
        bash(Fate.WORKS, "exec() { echo no; }"),
        bash(Fate.WORKS, "sh() { echo no; }; env() { echo no; }; export -f sh env"),
        bash(Fate.WORKS, "PROMPT_COMMAND='echo prompt'; export PROMPT_COMMAND PS1='> '"),
        bash(Fate.WORKS, "command_not_found_handle() { echo no; }"),
        bash(Fate.WORKS, "export LC_ALL=xx_YY.UTF-8 LANG=tr_TR"),
        bash(Fate.WORKS, "stty erase ^H; mesg n; tput clear"),
        bash(Fate.WORKS, "for i in $(seq 30000); do echo noise; echo noise >&2; done"),
        bash(Fate.WORKS, "printf 'no line end'; printf '\\033[31m' >&2"),
        bash(Fate.WORKS, "export BASH_ENV=$HOME/none ENV=$HOME/none; sleep 0.3"));
  }

  static Stream<RcFile> zshFiles() {
    return Stream.of(
        zsh(Fate.REFUSED, "read -t 1 line"),
        zsh(Fate.REFUSED, "exec bash"),
        zsh(Fate.REFUSED, "exit 0"),
        zsh(Fate.REFUSED, "exec </dev/null"),
        zsh(Fate.WORKS, "readonly TMOUT=60"),
        zsh(Fate.WORKS, "set -x"),
        zsh(Fate.WORKS, "setopt ksh_arrays sh_word_split glob_subst rc_quotes no_unset null_glob"),
        zsh(Fate.WORKS, "alias read=: exec=false; alias -g env='env -i' '||'=';'"),
        zsh(Fate.WORKS, "TRAPDEBUG() { print debug }; zshexit() { print bye }"),
        zsh(Fate.WORKS, "cd() { builtin cd \"$@\" && ls }; read() { : }"));
  }

  static Stream<RcFile> otherFiles() {
    return Stream.of(
        csh(Fate.REFUSED, "set line = $<"),
        csh(Fate.REFUSED, "exec bash"),
        csh(Fate.WORKS, "exit 0"),
        csh(Fate.WORKS, "set echo verbose; alias sh echo; alias env echo"),
        csh(Fate.WORKS, "set noglob; set backslash_quote"),
        fish(Fate.REFUSED, "read line"),
        fish(Fate.REFUSED, "cat >/dev/null"),
        fish(Fate.REFUSED, "exec bash"),
        fish(Fate.WORKS, "exit 0"),
        fish(Fate.WORKS, "function sh; echo no; end; function env; echo no; end"),
        fish(Fate.WORKS, "function on_exit --on-event fish_exit; echo bye; end; set -g IFS x"));
  }

  @RegisterExtension
  static final SshdExtension bash = new SshdExtension().as("initrunner-bash", "/bin/bash");

  @RegisterExtension
  static final SshdExtension zsh = new SshdExtension().as("initrunner-zsh", "/bin/zsh");

  @RegisterExtension
  static final SshdExtension tcsh = new SshdExtension().as("initrunner-tcsh", "/bin/tcsh");

  @RegisterExtension
  static final SshdExtension fish = new SshdExtension().as("initrunner-fish", "/bin/fish");

  @ParameterizedTest
  @MethodSource("bashFiles")
  void ofBash(RcFile file) throws IOException {
    assertFate(bash, file);
  }

  @ParameterizedTest
  @MethodSource("zshFiles")
  void ofZsh(RcFile file) throws IOException {
    assertFate(zsh, file);
  }

  @ParameterizedTest
  @MethodSource("otherFiles")
  void ofOtherShells(RcFile file) throws IOException {
    assertFate(file.shell().equals("fish") ? fish : tcsh, file);
  }

  private static void assertFate(SshdExtension sshd, RcFile file) throws IOException {
    Path rc = sshd.home().resolve(file.name());
    Files.createDirectories(rc.resolveSibling("."));
    Files.writeString(rc, file.text() + "\n");
    try (SshTransport channels = new SshTransport(sshd.target());
        SshTransport untried = new SshTransport(sshd.target().forOneCommand(Optional.empty()));
        SshProcessTransport processes = new SshProcessTransport(sshd.target())) {
      switch (file.fate()) {
        case WORKS -> {
          new Calls(channels, sshd.home()).assertCommandsAsAnywhere();
          new Calls(new ShellsAhead(channels, sshd), sshd.home()).assertToolsAsAnywhere();
          new Calls(processes, sshd.home()).assertInputAsAnywhere();
          new Calls(untried, sshd.home()).assertCommandsAsAnywhere();
        }
        case REFUSED -> {
          new Calls(channels, sshd.home()).assertRefused();
          new Calls(untried, sshd.home()).assertRanWholeOrRefused();
        }
      }
    }
    try (Stream<Path> left = Files.list(sshd.home())) {
      assertThat(left).noneMatch(path -> path.getFileName().toString().startsWith("canary"));
    }
  }

  /// One call of each kind.
  private record Calls(Transport transport, Path home) {

    private String evil() {
      return ("touch " + home + "/canary\n").repeat(8);
    }

    private CallBounds bounds() {
      return new CallBounds(LIMITS, 10_000, Optional.of(home.toString()));
    }

    private Captured run(Command command) {
      Captured captured = new Captured(100_000);
      Outcome outcome = transport.run(command, LIMITS, captured);
      assertThat(outcome.ended()).isEqualTo(new Exited(0));
      assertThat(captured.stderrText()).isEmpty();
      return captured;
    }

    private String answer(Tool tool, Map<String, Object> arguments) {
      Plan.Run run = (Plan.Run) tool.plan(arguments);
      Captured captured = new Captured(run.maxOutputBytes());
      Outcome outcome = transport.run(run.command(), LIMITS, captured);
      return run.answer().of(run, outcome, captured, "host");
    }

    private FileTool files(FileTool.Function function) {
      return new FileTool(function, List.of(), List.of(), bounds());
    }

    private Tool python() {
      return new PythonTool(bounds(), PythonTool.Network.ALLOWED);
    }

    private Tool script() {
      return new ScriptTool(
          new ScriptTool.Script(
              "greet",
              "",
              "sh",
              "echo \"$WHO\"\necho second\n",
              List.of(new ScriptTool.Script.Input("who", "", true, "")),
              List.of()),
          bounds());
    }

    void assertInputAsAnywhere() {
      assertThat(run(Command.of("cat").withStdin(Stdin.text(evil()))).stdoutText())
          .isEqualTo(evil());
    }

    void assertCommandsAsAnywhere() {
      assertInputAsAnywhere();
      assertThat(run(Command.of("printf", "%s|", "it's", "a\nb", "é", "")).stdoutText())
          .isEqualTo("it's|a\nb|é||");
      SecretEnvironment secrets = SecretEnvironment.of(Map.of("TOKEN", "hunter'2é"));
      assertThat(run(Command.of("printenv", "TOKEN").withSecrets(secrets)).stdoutText())
          .isEqualTo("hunter'2é\n");
      Captured captured = new Captured(1000);
      Command failing =
          Command.of("sh", "-c", "echo out; echo err >&2; exit 7")
              .withWorkingDirectory(Optional.of("/"));
      assertThat(transport.run(failing, LIMITS, captured).ended()).isEqualTo(new Exited(7));
      assertThat(captured.stdoutText()).isEqualTo("out\n");
      assertThat(captured.stderrText()).isEqualTo("err\n");
    }

    void assertToolsAsAnywhere() {
      Path file = home.resolve("written");
      assertThat(
              answer(files(FileTool.Function.WRITE), Map.of("path", "written", "content", evil())))
          .contains(" written (" + evil().length() + " bytes).");
      assertThat(file).hasContent(evil());
      assertThat(
              answer(
                  files(FileTool.Function.EDIT),
                  Map.of("path", "written", "old_text", evil(), "new_text", "touch canary\nx\n")))
          .isEqualTo("Edited written.");
      assertThat(answer(files(FileTool.Function.READ), Map.of("path", "written")))
          .isEqualTo("touch canary\nx\n");
      assertThat(answer(python(), Map.of("code", "print('first')\nprint('second')\n")))
          .isEqualTo("STDOUT:\nfirst\nsecond");
      assertThat(answer(script(), Map.of("who", "it's me\n")))
          .isEqualTo("STDOUT:\nit's me\n\nsecond");
      assertThat(file.toFile().delete()).isTrue();
    }

    /// A shell that was given nothing has nothing to take.
    void assertRanWholeOrRefused() throws IOException {
      Map<String, Object> arguments = Map.of("path", "w", "content", evil());
      String answer;
      try {
        answer = answer(files(FileTool.Function.WRITE), arguments);
      } catch (TransportException refused) {
        assertThat(refused.remedy()).contains("~/.bashrc");
        assertThat(home.resolve("w")).doesNotExist();
        return;
      }
      assertThat(answer).contains(" w (" + evil().length() + " bytes).");
      assertThat(home.resolve("w")).hasContent(evil());
      Files.delete(home.resolve("w"));
    }

    void assertRefused() {
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(
              () -> answer(files(FileTool.Function.WRITE), Map.of("path", "w", "content", evil())))
          .satisfies(e -> assertThat(e.remedy()).contains("~/.bashrc"));
      assertThat(home.resolve("w")).doesNotExist();
    }
  }
}
