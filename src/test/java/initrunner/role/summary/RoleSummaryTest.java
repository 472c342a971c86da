package initrunner.role.summary;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.RoleLoader;
import initrunner.role.Snippet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoleSummaryTest {

  @TempDir private Path directory;

  @Test
  void overSshSaysWhereAndThatNothingIsIsolated() throws IOException {
    String more =
        """
          model: {provider: openai, name: gpt-5-mini}
          tools: [{type: shell, allowed_commands: [git, make]}]
        """;

    assertThat(summary(Snippet.at("ssh").roleWith("remote_cwd: /srv/work") + more))
        .isEqualTo(
            """
            Agent build-agent uses openai/gpt-5-mini.
            Its tools run on my-build-box over ssh, in /srv/work.
            That is remote execution, not isolation: a command can do all that the account there can.
            Tool shell: only git, make. Each has 30 s; the model sees 102400 bytes of its output.
            A run ends after 300 s, 20 tool calls, 30 model requests or 50000 tokens that the \
            model writes.
            Without effect over ssh: network, memory_limit, cpu_limit, read_only_rootfs, \
            env_passthrough, docker.\
            """);
  }

  @Test
  void eachSandboxIsNamedAndThoseOnOneHost() throws IOException {
    assertThat(
            summary(
                """
                apiVersion: initrunner/v1
                kind: Agent
                metadata: {name: several}
                spec:
                  role: You work.
                  tools: [{type: shell, sandboxes: [build, twin, gpu]}]
                  security:
                    sandboxes:
                      default: build
                      build: {backend: ssh, ssh: {host: one}}
                      gpu: {backend: ssh, ssh: {host: two}, secret_env: [DEPLOY_TOKEN]}
                      twin: {backend: ssh, ssh: {host: one, remote_cwd: /srv/x}}
                """))
        .contains(
            "Sandbox build, the default: Its tools run on one over ssh",
            "Sandbox gpu: Its tools run on two over ssh",
            "Sandbox twin: Its tools run on one over ssh, in /srv/x.",
            "Sandbox gpu: Its tools get the secrets DEPLOY_TOKEN.",
            "Sandboxes build and twin are on the same host: what one changes there, the others see."
                + "\nTool shell: ");
  }

  @Test
  void whereEachToolCanWorkIsSaidAndWhichSandboxHasNone() throws IOException {
    assertThat(
            summary(
                """
                apiVersion: initrunner/v1
                kind: Agent
                metadata: {name: several}
                spec:
                  role: You work.
                  tools:
                    - {type: shell}
                    - {type: datetime}
                    - {type: transfer, local_root: ., sandboxes: [build, gpu, here]}
                  security:
                    sandboxes:
                      default: build
                      build: {backend: ssh, ssh: {host: one}}
                      gpu: {backend: ssh, ssh: {host: two}}
                      here: {backend: bwrap}
                      stage: {backend: ssh, ssh: {host: three}}
                """))
        .containsPattern("Tool shell: .* In build\\.\n")
        .doesNotContainPattern("Tool datetime: .* In build")
        .contains(
            " In build, gpu, here. Between this machine and build, gpu alone. It also copies files"
                + " between sandboxes.",
            "Sandbox stage: no tool is in it.")
        .doesNotContain("Sandbox build: no tool", "Sandbox gpu: no tool", "Sandbox here: no tool");
  }

  @Test
  void whatIsSetAndHasNoEffectIsNamed() throws IOException {
    String lines =
        """
        network: host
        memory_limit: 2g
        cpu_limit: 1.0
        env_passthrough: [LANG, TZ]
        docker: {user: null, runtime: runsc}
        """;

    assertThat(summary(Snippet.at("on ssh").roleWith(lines)))
        .endsWith(
            "docker. This role sets network (host), memory_limit (2g), env_passthrough (LANG TZ), "
                + "docker.user (null), docker.runtime (runsc).");
  }

  @Test
  void allThatCanBeSetWithoutEffectIsNamed() throws IOException {
    String lines =
        """
        cpu_limit: 2.5
        process_limit: 9
        file_size_limit: 1g
        read_only_rootfs: false
        docker: {image: 'a:1', extra_args: [--shm-size=1g]}
        """;

    assertThat(summary(Snippet.at("on ssh").roleWith(lines)))
        .endsWith(
            " This role sets cpu_limit (2.5), process_limit (9), file_size_limit (1g),"
                + " read_only_rootfs (false), docker.image (a:1), docker.extra_args"
                + " (--shm-size=1g).");
  }

  @Test
  void aBlockOfAnotherBackendIsNamedAsUnused() throws IOException {
    assertThat(summary(Snippet.at("sandbox").roleWith("ssh: {host: box}")))
        .contains("Its tools run on this machine.\nNothing contains them")
        .endsWith("Not used: ssh, since backend is none.");
  }

  @Test
  void whatContainsEachCallIsTold() throws IOException {
    assertThat(summary(Snippet.at("sandbox").roleWith("backend: docker\nnetwork: bridge")))
        .contains(
            """
            Its tools run on this machine, each call in a new container of python:3.12-slim.
            Each call has network bridge, 256m of memory and 1.0 processors; \
            these limits hold where the sandbox can enforce them.
            """);
    assertThat(
            summary(
                Snippet.at("sandbox")
                    .roleWith(
                        "backend: ssh\nssh: {host: box, launcher: bwrap, remote_cwd: /srv/x}")))
        .contains(
            """
            Its tools run on box over ssh, in /srv/x, there inside bubblewrap.
            Each call has network none, 256m of memory and 1.0 processors; \
            these limits hold where the sandbox can enforce them.
            """)
        .doesNotContain("Without effect");
    assertThat(
            summary(
                Snippet.at("sandbox")
                    .roleWith("backend: bwrap\nmemory_limit: 64m\nprocess_limit: 9")))
        .contains(
            "\nEach call has network none, 64m of memory and 1.0 processors, at most 9"
                + " processes.\n");
  }

  @Test
  void anAgentWithoutModelOrToolsSaysSo() throws IOException {
    assertThat(summary(Snippet.at("spec").roleWith("")))
        .startsWith(
            "Agent build-agent names no model: a run takes it from --model, INITRUNNER_MODEL,")
        .contains("\nIt has no tools.\n");
  }

  @Test
  void aToolWhoseWholeAllowListIsBlockedCanRunNothing() throws IOException {
    assertThat(summary(Snippet.at("shell").roleWith("allowed_commands: [rm, sudo]")))
        .contains("Tool shell: no command, all that are allowed are blocked.");
  }

  @Test
  void whoIsAskedAndWhatIsDeniedIsTold() throws IOException {
    String lines =
        """
        require_confirmation: true
        permissions: {deny: ['command=git push*'], allow: ['command=git *'], default: deny}
        """;

    assertThat(summary(Snippet.at("shell").roleWith(lines)))
        .contains(
            " Denied: command=git push*. Allowed: command=git *. All else is denied. A person is "
                + "asked before each call.\n");
  }

  @Test
  void everyLimitThatTheRoleSetsIsTold() throws IOException {
    String lines =
        """
        model: {provider: openai, name: m, fallback: ['groq:a', 'xai:b']}
        guardrails:
          max_request_limit: 7
          max_tokens_per_run: 1
          input_tokens_limit: 2
          total_tokens_limit: 3
          run_token_budget: 4
          per_request_input_tokens_limit: 5
          session_token_budget: 6
        execution: {max_concurrency: 2, tool_timeout_seconds: 9, retries: 0}
        security: {preset: public, sandbox: {secret_env: [DEPLOY_TOKEN, B]}}
        """;

    assertThat(summary(Snippet.at("spec").roleWith(lines)))
        .contains(
            "Agent build-agent uses openai/m.\nWhere that fails, it uses groq:a, then xai:b.\n",
            """
            A run ends after 300 s, 20 tool calls, 7 model requests or 1 tokens that the model \
            writes, or 2 that it reads, or 3 in all, or 4 of its budget, or 5 that it reads in one \
            request, or 6 in a session.
            At most 2 of its tool calls run at once.
            No tool call takes longer than 9 s.
            Repeats in a row of a call that cannot be made: at most 0.
            A prompt may have 10000 characters and nothing of 3 patterns; an answer 100000 \
            characters and nothing of 0 patterns.
            Its tools get the secrets DEPLOY_TOKEN, B.\
            """);
  }

  @Test
  void aTerminalActsOnNothingInIt() throws IOException {
    assertThat(summary(Snippet.at("ssh").roleWith("remote_cwd: \"/a\\e[2J\\nb\"")))
        .contains("over ssh, in /a\\u001b[2J\\nb.\n");
  }

  private String summary(String role) throws IOException {
    return RoleSummary.of(RoleLoader.load(Files.writeString(directory.resolve("r.yaml"), role)));
  }
}
