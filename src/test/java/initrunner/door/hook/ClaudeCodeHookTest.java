package initrunner.door.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaudeCodeHookTest {

  private static final ClaudeCodeHook HOOK =
      new ClaudeCodeHook(Optional.of("box"), Set.of("Skill", "mcp__github"), Optional.empty());

  private static final ClaudeCodeHook BASH_ON_HOST =
      new ClaudeCodeHook(
          Optional.empty(),
          Set.of(),
          Optional.of(
              new HostShell(
                  List.of("/bin/initrunner", "exec", "--host", "box", "--"),
                  "on box",
                  StandardCharsets.UTF_8)));

  private static Verdict judge(ClaudeCodeHook hook, String tool, String input) {
    String call =
        """
        {"session_id":"s","transcript_path":"/t","cwd":"/w","permission_mode":"bypassPermissions",
        "hook_event_name":"PreToolUse","tool_name":"%s","tool_input":%s,"tool_use_id":"toolu_1"}
        """;
    return hook.judge(call.formatted(tool, input).getBytes(StandardCharsets.UTF_8));
  }

  private static String reason(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Deny.class);
    return ((Verdict.Deny) verdict).reason();
  }

  @ParameterizedTest
  @CsvSource({
    "Bash, run_shell",
    "PowerShell, run_shell",
    "Monitor, run_shell",
    "REPL, run_shell",
    "Read, read_file",
    "NotebookRead, read_file",
    "Grep, search_files",
    "LSP, search_files",
    "Glob, list_directory",
    "LS, list_directory",
    "Write, write_file",
    "Edit, edit_file",
    "MultiEdit, edit_file",
    "NotebookEdit, edit_file"
  })
  void aToolOfThisMachineIsDeniedAndTheModelIsToldWhatToUse(String tool, String instead) {
    assertThat(reason(judge(HOOK, tool, "{}")))
        .startsWith(
            tool + " acts on the user's own machine, which is switched off in this project.")
        .endsWith("Use the tools of the MCP server box: mcp__box__" + instead + " for this.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SendUserFile", "Artifact", "ShareOnboardingGuide", "EnterWorktree", "Workflow", "bash",
        "SlashCommand", "AToolOfNextYear", "", "mcp__ide__executeCode", "mcp__boxes__x", "mcp__box",
        "mcp__box__local__bash"
      })
  void aToolThatIsNotKnownToBeHarmlessIsDenied(String tool) {
    assertThat(reason(judge(HOOK, tool, "{}")))
        .contains("does not know whether " + tool + " acts on the user's own machine")
        .endsWith("--allow " + tool + " in the hook's command.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mcp__box__run_shell",
        "mcp__github__get_issue",
        "Skill",
        "TodoWrite",
        "Agent",
        "WebSearch",
        "AskUserQuestion",
        "TaskStop"
      })
  void theOthersPassAndTheClientsOwnPermissionsDecide(String tool) {
    assertThat(judge(HOOK, tool, "{}").answer()).isEmpty();
  }

  @Test
  void aSubagentMayNotHaveAWorkTreeOfThisMachine() {
    assertThat(reason(judge(HOOK, "Agent", "{\"isolation\":\"worktree\"}"))).contains("work tree");
  }

  @Test
  void resourcesAreThoseOfTheServersThatPass() {
    assertThat(judge(HOOK, "ReadMcpResourceTool", "{\"server\":\"box\",\"uri\":\"x\"}"))
        .isEqualTo(new Verdict.Pass());
    assertThat(reason(judge(HOOK, "ReadMcpResourceTool", "{\"server\":\"files\"}")))
        .contains("ReadMcpResourceTool");
  }

  @Test
  void aDenialIsTheClientsOwnForm() {
    assertThat(judge(HOOK, "Bash", "{\"command\":\"ls\"}").answer())
        .startsWith(
            "{\"hookSpecificOutput\":{\"hookEventName\":\"PreToolUse\",\"permissionDecision\":\"deny\","
                + "\"permissionDecisionReason\":\"Bash acts")
        .endsWith("}}\n");
  }

  @Test
  void onlyBashRunsOnTheHost() {
    assertThat(judge(BASH_ON_HOST, "Bash", "{\"command\":\"make -j4\"}").answer())
        .contains("\"command\":\"/bin/initrunner exec --host box -- bash -c 'make -j4'\"")
        .doesNotContain("permissionDecision");
    assertThat(reason(judge(BASH_ON_HOST, "Read", "{}")))
        .endsWith("Use Bash, whose commands run on box.");
    assertThatThrownBy(() -> judge(BASH_ON_HOST, "Bash", "{\"command\":1}"))
        .isInstanceOf(HookException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          ~~                                            | the call is not JSON: the message is empty
          {                                             | the call is not JSON
          {"hook_event_name":"PreToolUse"} {}           | the call is not JSON: something follows
          []                                            | the call is not a JSON object
          {"tool_name":"TodoWrite"}                     | the event is ''; this hook is for PreToolUse
          {"hook_event_name":"PostToolUse"}             | the event is 'PostToolUse'
          {"hook_event_name":"PreToolUse"}              | the call names no tool
          {"hook_event_name":"PreToolUse","tool_name":1} | the call names no tool
          {"hook_event_name":"PreToolUse","tool_name":"Bash","tool_name":"TodoWrite"} | the call is not JSON: Duplicate
          """)
  void aCallThatCannotBeJudgedIsAFailure(String call, String message) {
    assertThatThrownBy(() -> HOOK.judge(call.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(HookException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void aCallThatIsTooLongIsAFailure() {
    assertThatThrownBy(() -> HOOK.judge(new byte[ClaudeCodeHook.MOST_BYTES + 1]))
        .isInstanceOf(HookException.class)
        .hasMessageContaining("more than 16777216 bytes");
  }
}
