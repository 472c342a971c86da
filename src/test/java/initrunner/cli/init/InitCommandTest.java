package initrunner.cli.init;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import initrunner.cli.CapturedConsole;
import initrunner.cli.console.ExitCodes;
import initrunner.role.RoleSchema;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.CommandSpec;

/// `init` where no one is asked, and no host is looked at.
class InitCommandTest {

  /// No Ollama answers there.
  private static final String NOWHERE = "http://127.0.0.1:9";

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "my-build-box   | ~            | shell                     | changes    | ollama:qwen3:8b",
        "my-build-box   | /srv/work    | shell,git                 | everything | openai:gpt-5-mini",
        "me@10.0.0.1    | ~/a b #c: d  | shell,python,filesystem   | nothing    | google",
        "me@[::1]       | we${ir}d     | filesystem                | changes    | anthropic",
        "0123           | true         | python                    | changes    | openrouter:a/b:free",
        "gpu-box        | ~            | shell,jobs                | changes    | xai",
        "this-machine   | /tmp         | jobs                      | everything | xai",
        "this-machine   | .            | shell,python,git          | changes    | ollama:llama3.2",
        "this-machine   | /tmp         | shell,python,filesystem,git | everything | groq",
      })
  void everyAnswerMakesARoleThatIsValid(
      String host, String there, String tools, String ask, String model) throws IOException {
    CapturedConsole console = console(Map.of());
    Path made = directory.resolve("new/role-dir");

    int status =
        console.run(
            init(
                made,
                "--host",
                host,
                "--directory",
                there,
                "--tools",
                tools,
                "--ask",
                ask,
                "--model",
                model));

    assertThat(status).as(console.stderr()).isEqualTo(ExitCodes.OK);
    CapturedConsole validate = console(Map.of());
    assertThat(validate.run("validate", made.toString())).as(validate.stderr()).isZero();
    assertThat(validate.stdout())
        .startsWith("Agent role-dir uses ")
        .contains(
            host.equals("this-machine") ? "run on this machine" : "run on " + host + " over ssh")
        .contains(tools.split(","));
    assertThat(made.resolve("role.yaml"))
        .content()
        .startsWith("# yaml-language-server: $schema=role.schema.json\n");
    assertThat(new ObjectMapper().readTree(made.resolve("role.schema.json").toFile()))
        .isEqualTo(new ObjectMapper().valueToTree(RoleSchema.tree()));
  }

  @ParameterizedTest
  @CsvSource({
    "role.yaml, role.yaml",
    "agent.yaml, agent.yaml",
    ".env.example, .env.example",
    "role.schema.json, role.schema.json"
  })
  void aFileThatIsThereStaysAndIsNamed(String name, String said) throws IOException {
    Files.writeString(directory.resolve(name), "mine");
    CapturedConsole console = console(Map.of());

    assertThat(console.run(init(directory, "--yes"))).isEqualTo(ExitCodes.USAGE);

    assertThat(console.stderr())
        .startsWith(
            "initrunner: "
                + directory.resolve(said)
                + " is there already, and init writes over no file; give another directory");
    assertThat(directory.resolve(name)).hasContent("mine");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void aLinkThatLeadsNowhereIsAFileThatIsThere() throws IOException {
    Files.createSymbolicLink(directory.resolve("role.yaml"), directory.resolve("none"));
    CapturedConsole console = console(Map.of());

    assertThat(console.run(init(directory, "--yes"))).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("role.yaml is there already");
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void withoutATerminalTheAnswersThatAreMissingAreNamed() {
    CapturedConsole console = console(Map.of());

    assertThat(console.run(init(directory, "--host", "box", "--ask", "changes")))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr())
        .startsWith(
            "initrunner: standard input and output are no terminal to ask on; give --directory,"
                + " --tools, --model, or --yes for what is usual\n");
    assertThat(directory).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"build,gpu", "web[1-3]", "@web", "web*", "web?"})
  void severalHostsAreNoHost(String several) {
    CapturedConsole console = console(Map.of());

    assertThat(console.run(init(directory, "--host", several, "--yes"))).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr()).contains("--host is '" + several + "'; allowed is an alias");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void allFaultsOfTheOptionsAreSaidAtOnce() {
    CapturedConsole console = console(Map.of());

    assertThat(
            console.run(
                init(directory, "--host=-x", "--tools=shell,pyton", "--ask=never", "--model=a:b")))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr())
        .startsWith(
            "initrunner: --host is '-x'; allowed is an alias of ~/.ssh/config, user@hostname, or"
                + " this-machine; --tools is 'pyton'; did you mean python?; --ask is 'never';"
                + " allowed is changes, everything, nothing; --model is 'a:b';"
                + " there is no provider 'a'; allowed is PROVIDER:NAME, with one of anthropic,"
                + " openai,");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void itTakesWhatShellsCompleteForIt() {
    CommandSpec init = CommandSpec.forAnnotatedObject(new InitCommand(console(Map.of()).console()));

    assertThat(init.findOption("--tools").completionCandidates())
        .containsExactlyElementsOf(KnownTool.types());
  }

  @Test
  void aMistypedProviderIsToldTheNearestAndAll() {
    assertThat(InitCommand.faultOfModel("opnai:gpt-5"))
        .startsWith(
            "there is no provider 'opnai'; did you mean openai? allowed is PROVIDER:NAME, with one"
                + " of anthropic, openai,");
    assertThat(InitCommand.faultOfModel("openai:")).startsWith("allowed is PROVIDER:NAME, as ");
  }

  @Test
  void aModelThatCannotBeAskedYetIsSaidWithTheReason() {
    CapturedConsole ollama = console(Map.of());
    assertThat(ollama.run(init(directory.resolve("a"), "--host", "box", "--yes"))).isZero();
    assertThat(ollama.stderr())
        .isEqualTo(
            "initrunner: ollama:qwen3:8b cannot be asked yet: no Ollama with a model answers"
                + " here\n");
    CapturedConsole keyed = console(Map.of());
    assertThat(keyed.run(init(directory.resolve("b"), "--host", "box", "--yes", "--model", "xai")))
        .isZero();
    assertThat(keyed.stderr())
        .isEqualTo("initrunner: xai:grok-4 cannot be asked yet: XAI_API_KEY is not set\n");
  }

  @Test
  void aKeyIsSeenAndWrittenNowhere() throws IOException {
    CapturedConsole console = console(Map.of("MISTRAL_API_KEY", "sk-very-secret"));

    assertThat(console.run(init(directory, "--host", "box", "--yes"))).isEqualTo(ExitCodes.OK);

    assertThat(directory.resolve("role.yaml")).content().contains("provider: mistral");
    assertThat(directory.resolve(".env.example")).content().contains("MISTRAL_API_KEY=YOUR_KEY");
    assertThat(console.stdout()).doesNotContain("export MISTRAL_API_KEY");
    assertThat(console.stdout() + console.stderr()).doesNotContain("sk-very-secret");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files)
          .hasSize(3)
          .allSatisfy(file -> assertThat(file).content().doesNotContain("sk-"));
    }
  }

  @Test
  void aModelOfALocalOllamaIsTakenBeforeOneWithAKey() throws IOException {
    HttpServer ollama =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ollama.createContext(
        "/v1/models",
        exchange -> {
          byte[] body =
              "{\"data\":[{\"id\":\"qwen3:4b\"},{\"id\":\"b\"}]}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    ollama.start();
    try {
      CapturedConsole console =
          console(
              Map.of(
                  "OPENAI_API_KEY",
                  "sk-x",
                  "OLLAMA_BASE_URL",
                  "http://127.0.0.1:" + ollama.getAddress().getPort() + "/v1"));

      assertThat(console.run(init(directory, "--host", "box", "--yes"))).isEqualTo(ExitCodes.OK);

      assertThat(directory.resolve("role.yaml"))
          .content()
          .contains("    provider: ollama\n    name: qwen3:4b\n");
      assertThat(console.stdout()).doesNotContain("ollama pull", "export");
    } finally {
      ollama.stop(0);
    }
  }

  private static String[] init(Path directory, String... options) {
    List<String> words = new ArrayList<>(List.of("init", directory.toString(), "--no-check"));
    words.addAll(List.of(options));
    return words.toArray(String[]::new);
  }

  private CapturedConsole console(Map<String, String> variables) {
    Map<String, String> environment =
        new java.util.HashMap<>(Map.of("HOME", directory.resolve("home").toString()));
    environment.put("OLLAMA_BASE_URL", NOWHERE);
    environment.putAll(variables);
    return CapturedConsole.of(environment);
  }
}
