package initrunner.door.codex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import initrunner.audit.AuditQuery;
import initrunner.cli.CapturedConsole;
import initrunner.cli.RemoteAgent;
import initrunner.ssh.SshdExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `initrunner exec-server` and its protocol, with a scripted client and a host that is a real
/// sshd. The real Codex is in [CodexTest].
@Timeout(120)
class CodexServerTest {

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  /// Of the tests that can share a server.
  private static Optional<ExecClient> shared = Optional.empty();

  @TempDir private static Path sharedDirectory;

  @TempDir private Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private Path local;
  private Path work;

  @BeforeEach
  void makeDirectories() throws IOException {
    local = Files.createDirectory(directory.resolve("local"));
    work = Files.createDirectory(directory.resolve("work"));
    environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
  }

  @AfterAll
  static void endSharedServer() throws IOException {
    if (shared.isPresent()) {
      shared.get().close();
    }
  }

  private static Path sharedLocal() {
    return sharedDirectory.resolve("local");
  }

  private static Path sharedWork() {
    return sharedDirectory.resolve("work");
  }

  /// A client of a role without limits, for many tests.
  private static ExecClient shared() throws IOException {
    if (shared.isEmpty()) {
      Files.createDirectory(sharedLocal());
      Files.createDirectory(sharedWork());
      String tools =
          "- {type: shell, blocked_commands: []}\n    - {type: filesystem, read_only: false}";
      Path role = new RemoteAgent(sshd, sharedDirectory, sharedWork()).role(tools, "");
      Map<String, String> home =
          Map.of("INITRUNNER_HOME", sharedDirectory.resolve("home").toString());
      shared = Optional.of(new ExecClient(sharedLocal(), home, role.toString()).initialized());
    }
    return shared.get();
  }

  private ExecClient client(String tools, String more) throws IOException {
    Path role = new RemoteAgent(sshd, directory, work).role(tools, more);
    return new ExecClient(local, environment, role.toString()).initialized();
  }

  private ExecClient client(String tools) throws IOException {
    return client(tools, "");
  }

  private static List<String> ended(Path directory) {
    return new AuditQuery(Optional.of("sandbox.exec"), Optional.empty(), Optional.empty(), 1000)
        .run(directory.resolve("home/audit.db")).stream().map(AuditQuery.Event::details).toList();
  }

  private static String error(JsonNode answer) {
    return answer.path("error").path("message").asText();
  }

  // Processes.

  @Test
  void aCommandRunsOnTheHostInTheDirectoryThatStandsForCodexsOwn() throws Exception {
    ExecClient client = shared();
    Files.createDirectories(sharedWork().resolve("sub"));

    ExecClient.Ended ended =
        client.run("where", sharedLocal().resolve("sub"), "pwd; echo no >&2; exit 3");

    assertThat(ended.status()).isEqualTo(3);
    assertThat(ended.stdout()).isEqualTo(sharedWork().resolve("sub").toRealPath() + "\n");
    assertThat(ended.stderr()).isEqualTo("no\n");
    assertThat(ended(sharedDirectory))
        .anySatisfy(row ->
            assertThat(row)
                .contains(
                    " host=my-build-box ",
                    " rc=3 ",
                    " tool=shell ",
                    " client=test-client ",
                    " function=run_shell "));
  }

  @Test
  void eachPartOfTheOutputAndTheEndIsToldInOrder() throws Exception {
    ExecClient client = shared();
    client.run("told", sharedLocal(), "echo one");

    List<JsonNode> told = client.notifications("told");
    assertThat(told)
        .extracting(each -> each.path("method").asText())
        .containsExactly("process/output", "process/exited", "process/closed");
    assertThat(told).extracting(each -> each.at("/params/seq").asInt()).containsExactly(1, 2, 3);
    assertThat(told.getFirst().has("jsonrpc")).isFalse();
    assertThat(told.get(1).at("/params/exitCode").asInt(-1)).isZero();
  }

  @Test
  void outputIsBytes() throws Exception {
    ExecClient.Ended ended = shared().run("bytes", sharedLocal(), "printf '\\377\\000\\376'");

    assertThat(ended.output()).containsExactly(0xff, 0, 0xfe);
  }

  @Test
  void theOutputThatIsKeptHasABound() throws Exception {
    ExecClient client = shared();
    client.start("much", sharedLocal(), false, "head", "-c", "5000000", "/dev/zero");
    client.await("much");

    JsonNode read =
        client.request("process/read", "{\"processId\":\"much\",\"afterSeq\":0}").path("result");
    int kept = 0;
    for (JsonNode chunk : read.path("chunks")) {
      kept += Base64.getDecoder().decode(chunk.path("chunk").asText()).length;
    }
    assertThat(kept).isBetween(900_000, 1024 * 1024);
    assertThat(
            client
                .request("process/read", "{\"processId\":\"much\",\"afterSeq\":0,\"maxBytes\":1}")
                .at("/result/chunks"))
        .hasSize(1);
  }

  @Test
  void aProcessReadsWhatTheClientWrites() throws Exception {
    ExecClient client = shared();
    client.start("echo", sharedLocal(), true, "head", "-c", "4");

    assertThat(
            client
                .request("process/write", "{\"processId\":\"echo\",\"chunk\":\"/wD+Cg==\"}")
                .at("/result/status")
                .asText())
        .isEqualTo("accepted");
    assertThat(client.await("echo").output()).containsExactly(0xff, 0, 0xfe, '\n');
    assertThat(
            client
                .request("process/write", "{\"processId\":\"echo\",\"chunk\":\"Cg==\"}")
                .at("/result/status")
                .asText())
        .isEqualTo("stdinClosed");
  }

  @ParameterizedTest
  @CsvSource({"process/terminate", "process/signal"})
  void aProcessThatTheClientEndsIsStoppedAndProvenSo(String method) throws Exception {
    ExecClient client = shared();
    String command = "sleep 10" + method.length();
    client.start(method, sharedLocal(), false, "/bin/bash", "-lc", "echo up; " + command + "; :");
    awaitCommand(command);

    client.request(method, "{\"processId\":\"" + method + "\",\"signal\":\"interrupt\"}");
    ExecClient.Ended ended = client.await(method);

    assertThat(ended.status()).isEqualTo(130);
    assertThat(ended.stderr())
        .isEqualTo("initrunner: stopped by the client; nothing of it runs any more\n");
    assertThat(commands(command)).isEmpty();
    assertThat(ended(sharedDirectory))
        .anySatisfy(row -> assertThat(row).contains(" ended=cancelled stop=stopped "));
    assertThat(
            client
                .request("process/terminate", "{\"processId\":\"" + method + "\"}")
                .at("/result/running")
                .asBoolean(true))
        .isFalse();
  }

  @Test
  void aCommandThatIsNotThereSaysSo() throws Exception {
    ExecClient client = shared();
    client.start("absent", sharedLocal(), false, "no-such-program-at-all");

    assertThat(client.await("absent").status()).isEqualTo(127);
  }

  @Test
  void aDirectoryThatIsNotThereStartsNothing() throws Exception {
    ExecClient.Ended ended = shared().run("nowhere", sharedLocal().resolve("none"), "echo x");

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.stderr()).contains("nothing was started", "none");
    assertThat(ended.stdout()).isEmpty();
  }

  @Test
  void variablesOfThisMachineDoNotReachTheHost() throws Exception {
    ExecClient client = shared();
    JsonNode started =
        client.request(
            "process/start",
            """
            {"processId":"env","argv":["env"],"cwd":"%s","tty":false,"arg0":null,
             "envPolicy":{"inherit":"all","ignoreDefaultExcludes":false,"exclude":[],"includeOnly":[],
               "set":{"CHOSEN":"yes"}},
             "env":{"NO_COLOR":"1","PATH":"/here","HOME":"/here","MY_API_KEY":"secret"}}
            """
                .formatted(ExecClient.uri(sharedLocal()))
                .replace("\n", ""));
    assertThat(started.has("result")).isTrue();

    assertThat(client.await("env").stdout().lines())
        .contains("NO_COLOR=1", "CHOSEN=yes")
        .noneMatch(line -> line.contains("/here") || line.contains("secret"));
  }

  // Files.

  @Test
  void filesAreReadAndWrittenAsBytes() throws Exception {
    ExecClient client = shared();
    byte[] bytes = new byte[100_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 + i / 256);
    }
    Path file = sharedLocal().resolve("sub dir/a%é.bin");
    String data = Base64.getEncoder().encodeToString(bytes);

    assertThat(
            client
                .request("fs/writeFile", ExecClient.path(file).put("dataBase64", data))
                .path("result"))
        .isEmpty();

    assertThat(sharedWork().resolve("sub dir/a%é.bin")).hasBinaryContent(bytes);
    assertThat(sharedLocal().resolve("sub dir")).doesNotExist();
    assertThat(
            client.request("fs/readFile", ExecClient.path(file)).at("/result/dataBase64").asText())
        .isEqualTo(data);
    JsonNode metadata = client.request("fs/getMetadata", ExecClient.path(file)).path("result");
    assertThat(metadata.path("isFile").asBoolean()).isTrue();
    assertThat(metadata.path("isDirectory").asBoolean()).isFalse();
    assertThat(metadata.path("size").asInt()).isEqualTo(bytes.length);
    assertThat(metadata.path("modifiedAtMs").asLong())
        .isEqualTo(
            Files.getLastModifiedTime(sharedWork().resolve("sub dir/a%é.bin")).to(TimeUnit.SECONDS)
                * 1000);
  }

  @Test
  void aFileIsReadInBlocks() throws Exception {
    ExecClient client = shared();
    Files.writeString(sharedWork().resolve("blocks"), "0123456789");
    Path blocks = sharedLocal().resolve("blocks");
    assertThat(
            client.request("fs/open", ExecClient.path(blocks).put("handleId", "h1")).has("result"))
        .isTrue();

    JsonNode first = client.request("fs/readBlock", "{\"handleId\":\"h1\",\"offset\":2,\"len\":5}");
    JsonNode last = client.request("fs/readBlock", "{\"handleId\":\"h1\",\"offset\":7,\"len\":5}");

    assertThat(first.at("/result/chunk").asText()).isEqualTo(base64("23456"));
    assertThat(first.at("/result/eof").asBoolean(true)).isFalse();
    assertThat(last.at("/result/chunk").asText()).isEqualTo(base64("789"));
    assertThat(last.at("/result/eof").asBoolean()).isTrue();
    client.request("fs/close", "{\"handleId\":\"h1\"}");
    assertThat(
            error(client.request("fs/readBlock", "{\"handleId\":\"h1\",\"offset\":0,\"len\":1}")))
        .isEqualTo("unknown file handle h1");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void directoriesAreMadeListedAndRemoved() throws Exception {
    ExecClient client = shared();
    Path tree = sharedLocal().resolve("tree");
    client.request("fs/createDirectory", ExecClient.path(tree.resolve("a/b")));
    Files.writeString(sharedWork().resolve("tree/file"), "x");
    Files.createSymbolicLink(sharedWork().resolve("tree/link"), Path.of("a"));

    JsonNode list = client.request("fs/readDirectory", ExecClient.path(tree)).path("result");
    assertThat(list.path("entries"))
        .extracting(each ->
            each.path("fileName").asText()
                + " "
                + each.path("isDirectory").asBoolean()
                + " "
                + each.path("isFile").asBoolean())
        .containsExactlyInAnyOrder("a true false", "file false true", "link true false");
    assertThat(
            client
                .request("fs/getMetadata", ExecClient.path(tree.resolve("link")))
                .at("/result/isSymlink")
                .asBoolean())
        .isTrue();

    assertThat(
            error(
                client.request(
                    "fs/remove", ExecClient.path(tree.resolve("a")).put("recursive", false))))
        .contains("cannot remove the directory");
    client.request("fs/remove", ExecClient.path(tree.resolve("link")));
    assertThat(sharedWork().resolve("tree/a/b")).isDirectory();
    client.request("fs/remove", ExecClient.path(tree));
    assertThat(sharedWork().resolve("tree")).doesNotExist();
    assertThat(
            client
                .request("fs/remove", ExecClient.path(tree).put("force", false))
                .at("/error/code")
                .asInt())
        .isEqualTo(-32004);
  }

  @Test
  void aFileIsCopied() throws Exception {
    ExecClient client = shared();
    Files.writeString(sharedWork().resolve("from"), "content");
    client.request(
        "fs/copy",
        ExecClient.params()
            .put("sourcePath", ExecClient.uri(sharedLocal().resolve("from")))
            .put("destinationPath", ExecClient.uri(sharedLocal().resolve("new/to")))
            .put("recursive", false));

    assertThat(sharedWork().resolve("new/to")).hasContent("content");
  }

  @Test
  void aTreeIsWalkedToADepthWithoutFollowingLinks() throws Exception {
    ExecClient client = shared();
    Path tree = Files.createDirectories(sharedWork().resolve("walk/a b/c/d"));
    Files.createDirectories(sharedWork().resolve("walk/.hidden"));
    for (String file : List.of("walk/1", "walk/.hidden/2", "walk/a b/3", "walk/a b/c/4")) {
      Files.writeString(sharedWork().resolve(file), "");
    }
    Files.writeString(tree.resolve("5"), "");
    Files.createSymbolicLink(sharedWork().resolve("walk/out"), Path.of("/etc"));
    String options =
        "{\"maxDepth\":1,\"maxDirectories\":9,\"maxEntries\":%d,\"pruneHiddenDirectories\":true}";
    String params =
        "{\"path\":\"" + ExecClient.uri(sharedLocal().resolve("walk")) + "\",\"options\":";

    JsonNode walk = client.request("fs/walk", params + options.formatted(99) + "}").path("result");

    assertThat(walk.path("entries"))
        .extracting(each ->
            each.path("kind").asText()
                + each.path("path").asText().substring(ExecClient.uri(sharedLocal()).length()))
        .containsExactlyInAnyOrder(
            "file/walk/1",
            "directory/walk/.hidden",
            "directory/walk/a%20b",
            "file/walk/a%20b/3",
            "directory/walk/a%20b/c");
    assertThat(walk.path("truncated").asBoolean(true)).isFalse();
    JsonNode cut = client.request("fs/walk", params + options.formatted(2) + "}").path("result");
    assertThat(cut.path("entries")).hasSize(2);
    assertThat(cut.path("truncated").asBoolean()).isTrue();
  }

  @Test
  void aPathIsResolvedAndNamedAsCodexNamesIt() throws Exception {
    ExecClient client = shared();
    Files.createDirectories(sharedWork().resolve("real"));
    Files.createSymbolicLink(sharedWork().resolve("alias"), Path.of("real"));

    assertThat(
            client
                .request("fs/canonicalize", ExecClient.path(sharedLocal().resolve("alias")))
                .at("/result/path")
                .asText())
        .isEqualTo(ExecClient.uri(sharedLocal().resolve("real")));
  }

  @Test
  void whatIsNotThereIsNotFound() throws Exception {
    ExecClient client = shared();
    for (String method : List.of("fs/readFile", "fs/getMetadata", "fs/canonicalize")) {
      JsonNode answer =
          client.request(method, ExecClient.path(sharedLocal().resolve("none/at/all")));
      assertThat(answer.at("/error/code").asInt()).as(method).isEqualTo(-32004);
      assertThat(error(answer)).contains("none/at/all");
    }
  }

  @Test
  void pathsOutsideAreRefusedByName() throws Exception {
    ExecClient client = shared();
    Files.createSymbolicLink(sharedWork().resolve("out"), Path.of("/etc"));
    for (Path path :
        List.of(
            Path.of("/etc/passwd"),
            sharedLocal().resolve("out/passwd"),
            sharedLocal().resolve("../../../../../../../../etc/passwd"))) {
      JsonNode answer = client.request("fs/readFile", ExecClient.path(path));
      assertThat(answer.has("result")).isFalse();
      assertThat(error(answer)).contains("passwd", "outside");
    }
    assertThat(
            error(
                client.request(
                    "fs/writeFile",
                    ExecClient.path(Path.of("/tmp/initrunner-outside")).put("dataBase64", "eA=="))))
        .contains("/tmp/initrunner-outside");
    assertThat(Path.of("/tmp/initrunner-outside")).doesNotExist();
    assertThatThrownBy(() -> client.run("outside", Path.of("/etc"), "pwd"))
        .hasMessageContaining("processes do not start in '/etc'");
  }

  // The role.

  @Test
  void theScriptIsJudgedAsTheCommandOfTheShell() throws Exception {
    try (ExecClient client =
        client("- {type: shell, permissions: {deny: ['command=git push*']}}")) {
      assertThat(client.run("1", local, "echo a | tr a b && X=1 true").stdout()).isEqualTo("b\n");
      for (String script :
          List.of(
              "rm x",
              "true && sudo ls",
              "if true; then rm x; fi",
              "echo $(rm x)",
              "echo \"`rm x`\"",
              "X=1 rm x",
              "sh -c 'rm x'",
              "env rm x")) {
        assertThatThrownBy(() -> client.run("2", local, script))
            .as(script)
            .hasMessageContaining("is blocked");
      }
      assertThatThrownBy(() -> client.run("3", local, "git add . && git  push origin"))
          .hasMessageContaining("command=git push*");
      assertThat(client.run("4", local, "echo 'rm x; git push'").status()).isZero();
    }
    assertThat(ended(directory)).anySatisfy(row -> assertThat(row).contains(" reason=policy "));
    assertThat(ended(directory)).anySatisfy(row -> assertThat(row).contains(" reason=permission "));
  }

  @Test
  void whereNoShellIsAllowedASingleCommandRunsWithoutOne() throws Exception {
    try (ExecClient client = client("- {type: shell, allowed_commands: [echo]}")) {
      assertThat(client.run("1", local, "echo '$HOME' $(id)").stdout()).isEqualTo("$HOME $(id)\n");
      assertThatThrownBy(() -> client.run("2", local, "echo a; id"))
          .hasMessageContaining("shell operator ';' is not supported");
      assertThatThrownBy(() -> client.run("3", local, "id"))
          .hasMessageContaining("not in the allowed list: echo");
    }
  }

  @Test
  void variablesThatMayStartProgramsPassOnlyWhereEnvMayRun() throws Exception {
    String start =
        "{\"processId\":\"%s\",\"argv\":[\"bash\",\"-lc\",\"echo a\"],\"cwd\":\"%s\",\"env\":%s}";
    String own =
        "{\"NO_COLOR\":\"1\",\"CODEX_CI\":\"1\",\"GIT_PAGER\":\"cat\",\"LC_ALL\":\"C.UTF-8\"}";
    String other = "{\"GIT_EXTERNAL_DIFF\":\"touch pwned\"}";
    try (ExecClient client = client("- {type: shell, allowed_commands: [echo]}")) {
      String uri = ExecClient.uri(local);
      assertThat(error(client.request("process/start", start.formatted("1", uri, other))))
          .contains("does not permit 'env'", ": GIT_EXTERNAL_DIFF.")
          .doesNotContain("pwned");
      assertThat(client.request("process/start", start.formatted("2", uri, own)).has("result"))
          .isTrue();
      assertThat(client.await("2").stdout()).isEqualTo("a\n");
    }
  }

  @Test
  void aFileOfAnotherExtensionIsNotRemoved() throws Exception {
    Files.createDirectory(work.resolve("d"));
    Files.writeString(work.resolve("d/kept.c"), "x");
    Files.writeString(work.resolve("d/gone.txt"), "x");
    try (ExecClient client =
        client("- {type: filesystem, read_only: false, allowed_extensions: [.txt]}")) {
      for (String path : List.of("d/kept.c", "d")) {
        assertThat(error(client.request("fs/remove", ExecClient.path(local.resolve(path)))))
            .as(path)
            .contains("end with one of: .txt");
      }
      client.request("fs/remove", ExecClient.path(local.resolve("d/gone.txt")));
    }
    assertThat(work.resolve("d")).isDirectoryContaining("glob:**/kept.c");
    assertThat(work.resolve("d/gone.txt")).doesNotExist();
  }

  @Test
  void aDirectoryInWhichARuleMayDenyAPathIsNotRemovedWithAllInIt() throws Exception {
    Files.createDirectory(work.resolve("d"));
    Files.writeString(work.resolve("d/kept"), "x");
    Files.createDirectory(work.resolve("empty"));
    String rules = "{deny: ['path=d/kept']}";
    try (ExecClient client =
        client("- {type: filesystem, read_only: false, permissions: " + rules + "}")) {
      assertThat(error(client.request("fs/remove", ExecClient.path(local.resolve("d")))))
          .contains("rules of the role deny paths");
      client.request("fs/remove", ExecClient.path(local.resolve("empty")));
    }
    assertThat(work.resolve("d/kept")).hasContent("x");
    assertThat(work.resolve("empty")).doesNotExist();
  }

  /// Nothing can end a write to it.
  @Test
  void theServerEndsWithAClientThatTakesNoOutput() throws Exception {
    ExecClient client = client("- {type: shell, blocked_commands: []}");
    client.begin(
        "process/start",
        "{\"processId\":\"yes\",\"argv\":[\"bash\",\"-c\",\"yes | head -c 300000; echo x >out; exec yes\"],\"cwd\":\"%s\",\"env\":{}}"
            .formatted(ExecClient.uri(local)));
    // More than fits into a pipe.
    while (Files.notExists(work.resolve("out"))) {
      Thread.sleep(50);
    }

    client.server().getOutputStream().close();

    assertThat(client.server().waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(ended(directory))
        .anySatisfy(row -> assertThat(row).contains(" ended=cancelled stop=stopped "));
  }

  @Test
  void everyCommandOfAScriptMustBeAllowedWhereRulesAllow() throws Exception {
    String rules = "{default: deny, allow: ['command=echo *']}";
    try (ExecClient client = client("- {type: shell, permissions: " + rules + "}")) {
      assertThat(client.run("1", local, "echo a; echo b").stdout()).isEqualTo("a\nb\n");
      assertThatThrownBy(() -> client.run("2", local, "echo a; id"))
          .hasMessageContaining("blocked by default policy");
    }
  }

  @Test
  void whatTheRoleDoesNotHaveIsRefusedByName() throws Exception {
    try (ExecClient client = client("- {type: filesystem}")) {
      assertThatThrownBy(() -> client.run("1", local, "true"))
          .hasMessageContaining("the role has no tool 'shell'");
      assertThat(
              error(
                  client.request(
                      "fs/writeFile",
                      ExecClient.path(local.resolve("a")).put("dataBase64", "eA=="))))
          .contains("read_only: true");
    }
    try (ExecClient client = client("- type: shell")) {
      assertThat(error(client.request("fs/readFile", ExecClient.path(local.resolve("a")))))
          .contains("the role has no tool 'filesystem'");
    }
    assertThat(work).isEmptyDirectory();
  }

  @Test
  void rulesAboutPathsHoldForEveryOperation() throws Exception {
    Files.writeString(work.resolve("secret"), "x");
    String rules = "{deny: ['path=secret*']}";
    try (ExecClient client =
        client("- {type: filesystem, read_only: false, permissions: " + rules + "}")) {
      for (String method : List.of("fs/readFile", "fs/remove", "fs/getMetadata")) {
        assertThat(error(client.request(method, ExecClient.path(local.resolve("secret")))))
            .as(method)
            .contains("path=secret*");
      }
      assertThat(
              error(
                  client.request(
                      "fs/copy",
                      ExecClient.params()
                          .put("sourcePath", ExecClient.uri(local.resolve("secret")))
                          .put("destinationPath", ExecClient.uri(local.resolve("open")))
                          .put("recursive", false))))
          .contains("path=secret*");
    }
    assertThat(work.resolve("secret")).hasContent("x");
    assertThat(work.resolve("open")).doesNotExist();
  }

  @Test
  void aPersonApprovesAtATerminal() throws Exception {
    String tools =
        "- {type: shell, approval: required}\n    - {type: filesystem, read_only: false, approval: changes}";
    try (ExecClient client = client(tools, "guardrails:\n  timeout_seconds: 60\n")) {
      int started =
          client.begin(
              "process/start",
              "{\"processId\":\"1\",\"argv\":[\"echo\",\"yes\"],\"cwd\":\"%s\",\"env\":{},\"tty\":false}"
                  .formatted(ExecClient.uri(local)));
      approve(List.of());
      assertThat(client.answer(started).has("result")).isTrue();
      assertThat(client.await("1").stdout()).isEqualTo("yes\n");
      assertThat(
              client
                  .request("fs/getMetadata", ExecClient.path(local))
                  .at("/result/isDirectory")
                  .asBoolean())
          .isTrue();

      int written =
          client.begin(
              "fs/writeFile",
              ExecClient.path(local.resolve("a")).put("dataBase64", "eA==").toString());
      approve(List.of("--deny", "--reason", "later"));
      assertThat(error(client.answer(written))).contains("did not approve", "later");
    }
    assertThat(work.resolve("a")).doesNotExist();
    assertThat(ended(directory)).anySatisfy(row -> assertThat(row).contains(" reason=denied "));
  }

  private void approve(List<String> options) throws Exception {
    String id = awaitWaiting();
    List<String> words = new java.util.ArrayList<>(List.of("approve", id));
    words.addAll(options);
    assertThat(CapturedConsole.of(environment).run(words.toArray(String[]::new))).isZero();
  }

  private String awaitWaiting() throws Exception {
    for (int i = 0; i < 400; i++) {
      CapturedConsole console = CapturedConsole.of(environment);
      console.run("pending", "--json");
      String pending = console.stdout();
      int at = pending.indexOf("\"approval_id\":\"");
      if (at >= 0) {
        int begin = at + "\"approval_id\":\"".length();
        return pending.substring(begin, pending.indexOf('"', begin));
      }
      Thread.sleep(50);
    }
    throw new AssertionError("no call waits");
  }

  @Test
  void theRolesLimitsHold() throws Exception {
    String limits = "guardrails:\n  max_tool_calls: 2\n";
    try (ExecClient client = client("- {type: shell, timeout_seconds: 1}", limits)) {
      ExecClient.Ended ended = client.run("1", local, "sleep 1055");
      assertThat(ended.status()).isEqualTo(124);
      assertThat(ended.stderr()).contains("its time is up; nothing of it runs any more");
      assertThat(client.run("2", local, "true").status()).isZero();
      assertThatThrownBy(() -> client.run("3", local, "true"))
          .hasMessageContaining("spec.guardrails.max_tool_calls");
    }
  }

  @Test
  void noOutputShowsTheRolesSecrets() throws Exception {
    environment.put("DEPLOY_TOKEN", "hunter2-hunter2");
    Path role = new RemoteAgent(sshd, directory, work).role("- type: shell", "");
    String text = Files.readString(role);
    Files.writeString(
        role, text.replace("    sandbox:\n", "    sandbox:\n      secret_env: [DEPLOY_TOKEN]\n"));
    try (ExecClient client = new ExecClient(local, environment, role.toString()).initialized()) {
      assertThat(client.run("1", local, "echo \"<$DEPLOY_TOKEN>\"").stdout())
          .isEqualTo("<[REDACTED]>\n");
      assertThat(client.run("2", local, "printf hunter2-; sleep 0.3; echo hunter2").stdout())
          .isEqualTo("[REDACTED]\n");
      assertThat(client.run("3", local, "printf hunter2-").stdout()).isEqualTo("hunter2-");
    }
  }

  // Faults.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          process/read      | {"processId":"none"}                      | -32600 | unknown process id none
          process/signal    | {"processId":"none","signal":"interrupt"} | -32600 | unknown process id none
          process/signal    | {"processId":"none","signal":"hangup"}    | -32602 | 'signal' must be "interrupt"
          process/start     | {"processId":"x","argv":[]}               | -32602 | 'cwd' must be a string
          process/start     | {"processId":"x","argv":"ls","cwd":"file:///"} | -32602 | 'argv' must be a list of strings
          process/start     | {"processId":"x","argv":["ls"],"cwd":"/srv"}   | -32602 | '/srv' is no path
          process/start     | {"processId":"x","argv":["ls"],"cwd":"file:///","tty":true} | -32600 | there is no terminal (tty) on my-build-box
          process/write     | {"processId":"none","chunk":"?"}          | -32602 | 'chunk' must be base64
          fs/writeFile      | {"path":"file:///x","dataBase64":"a"}     | -32602 | 'dataBase64' must be base64
          fs/readFile       | {"path":"file://other/x"}                 | -32602 | is no path
          fs/readFile       | {"path":"file:///x%ff"}                   | -32602 | is no path
          fs/readFile       | {"path":"file:///x%00"}                   | -32602 | is no path
          http/request      | {"method":"GET"}                          | -32601 | http/request is not served
          fs/invent         | {}                                        | -32601 | Method not found: fs/invent
          initialize        | {"clientName":"again"}                    | -32600 | initialize may only be sent once
          """)
  void aWrongRequestIsRefusedWithAWord(String method, String params, int code, String words)
      throws Exception {
    JsonNode answer = shared().request(method, params);

    assertThat(answer.at("/error/code").asInt()).isEqualTo(code);
    assertThat(error(answer)).contains(words);
  }

  /// What Codex sends with `sandbox_mode = "workspace-write"`.
  private static String sandbox(Path root) {
    return """
    {"permissions":{"type":"managed","file_system":{"type":"restricted","entries":[
    {"path":{"type":"special","value":{"kind":"root"}},"access":"read"},
    {"path":{"type":"special","value":{"kind":"project_roots"}},"access":"write"},
    {"path":{"type":"special","value":{"kind":"tmpdir"}},"access":"write"},
    {"path":{"type":"special","value":{"kind":"project_roots","subpath":".codex"}},
    "access":"read","missing_path_behavior":"skip"}]},"network":"restricted"},
    "cwd":"%1$s","workspaceRoots":["%1$s"],"windowsSandboxLevel":"disabled"}
    """
        .formatted(ExecClient.uri(root))
        .replace("\n", "");
  }

  @Test
  void aCommandForCodexsOwnSandboxIsNotRunWithoutIt() throws Exception {
    ExecClient client = shared();
    JsonNode started =
        client.request(
            "process/start",
            "{\"processId\":\"boxed\",\"argv\":[\"touch\",\"boxed\"],\"cwd\":\"%s\",\"env\":{},\"tty\":false,\"sandbox\":%s}"
                .formatted(ExecClient.uri(sharedLocal()), sandbox(sharedLocal())));
    assertThat(started.has("result")).isTrue();

    JsonNode read = client.request("process/read", "{\"processId\":\"boxed\"}").path("result");
    assertThat(read.path("sandboxDenied").asBoolean()).isTrue();
    assertThat(read.path("exitCode").asInt()).isEqualTo(126);
    assertThat(client.await("boxed").stderr())
        .contains("nothing was run: Codex's own sandbox is not on my-build-box");
    assertThat(sharedWork().resolve("boxed")).doesNotExist();
    assertThat(ended(sharedDirectory))
        .anySatisfy(row -> assertThat(row).contains(" reason=client_sandbox "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          text    | "sandbox":"workspace-write"
          list    | "sandbox":[]
          network | "managedNetwork":true
          """)
  void aSandboxThatIsNotUnderstoodIsNoneThatLetsACommandRun(String id, String sandbox)
      throws Exception {
    ExecClient client = shared();
    String start =
        "{\"processId\":\"%s\",\"argv\":[\"touch\",\"%s\"],\"cwd\":\"%s\",\"env\":{},%s}";
    client.request(
        "process/start", start.formatted(id, id, ExecClient.uri(sharedLocal()), sandbox));
    JsonNode read = client.request("process/read", "{\"processId\":\"%s\"}".formatted(id));
    assertThat(read.at("/result/sandboxDenied").asBoolean()).as(read.toString()).isTrue();
    assertThat(sharedWork().resolve(id)).doesNotExist();
  }

  @Test
  void codexsOwnSandboxHoldsForFiles() throws Exception {
    ExecClient client = shared();
    JsonNode sandbox =
        new com.fasterxml.jackson.databind.ObjectMapper().readTree(sandbox(sharedLocal()));
    assertThat(
            client
                .request(
                    "fs/writeFile",
                    ExecClient.path(sharedLocal().resolve("free"))
                        .put("dataBase64", "eA==")
                        .set("sandbox", sandbox))
                .has("result"))
        .isTrue();
    assertThat(
            error(
                client.request(
                    "fs/writeFile",
                    ExecClient.path(sharedLocal().resolve(".codex/config.toml"))
                        .put("dataBase64", "eA==")
                        .set("sandbox", sandbox))))
        .contains("Codex's sandbox does not let", ".codex/config.toml");
    assertThat(sharedWork().resolve(".codex")).doesNotExist();
  }

  @Test
  void aCodexOfAnotherReleaseIsRefusedUnlessAPersonAcceptsIt() throws Exception {
    String start =
        "{\"processId\":\"v\",\"argv\":[\"true\"],\"cwd\":\"%s\",\"env\":{\"CODEX_VERSION\":\"0.170.2\"},\"tty\":false}"
            .formatted(ExecClient.uri(sharedLocal()));
    assertThat(error(shared().request("process/start", start)))
        .contains("the protocol of Codex 0.169, not of 0.170.2", "--accept-codex 0.170.2");
    Path role = new RemoteAgent(sshd, directory, work).role("- type: shell", "");
    try (ExecClient client =
        new ExecClient(local, environment, role.toString(), "--accept-codex", "0.170.2")
            .initialized()) {
      assertThat(
              client
                  .request(
                      "process/start", start.replace(sharedLocal().toString(), local.toString()))
                  .has("result"))
          .isTrue();
    }
  }

  @Test
  void aProcessIdIsUsedOnce() throws Exception {
    ExecClient client = shared();
    client.run("once", sharedLocal(), "true");

    assertThatThrownBy(() -> client.run("once", sharedLocal(), "true"))
        .hasMessage("process once already exists");
  }

  @Test
  void aWriteToAnUnknownProcessSaysSo() throws Exception {
    assertThat(
            shared()
                .request("process/write", "{\"processId\":\"none\",\"chunk\":\"\"}")
                .at("/result/status")
                .asText())
        .isEqualTo("unknownProcess");
  }

  @Test
  void aClientOfAnotherProtocolIsRefusedWithAWord() throws Exception {
    try (ExecClient client =
        new ExecClient(local, environment, "--no-audit", "--host", "my-build-box")) {
      assertThat(error(client.request("environment/info", "null")))
          .contains("must send initialize and initialized before environment/info");
      assertThat(
              error(
                  client.request("initialize", "{\"clientName\":\"x\",\"protocolVersion\":\"2\"}")))
          .contains("'protocolVersion'", "Codex 0.169.0");
      assertThat(
              error(
                  client.request("initialize", "{\"clientName\":\"x\",\"resumeSessionId\":\"y\"}")))
          .contains("no session to resume");
      client.send("{bad json");
      assertThat(client.next().path("id").asInt()).isEqualTo(-1);
      assertThat(
              client
                  .request("initialize", "{\"clientName\":\"x\"}")
                  .at("/result/sessionId")
                  .asText())
          .isNotEmpty();
    }
  }

  @Test
  void aMessageThatIsTooLongIsRefusedUnderItsOwnId() throws Exception {
    ExecClient client = shared();
    char[] much = new char[34 * 1024 * 1024];
    Arrays.fill(much, 'A');

    JsonNode answer =
        client.request(
            "fs/writeFile",
            ExecClient.path(sharedLocal().resolve("huge")).put("dataBase64", new String(much)));

    assertThat(error(answer)).contains("more than");
    assertThat(sharedWork().resolve("huge")).doesNotExist();
    assertThat(client.run("after", sharedLocal(), "echo on").stdout()).isEqualTo("on\n");
  }

  @Test
  void theServerEndsWithItsInputAndLeavesNothingRunning() throws Exception {
    ExecClient client = client("- type: shell");
    client.start("1", local, false, "/bin/bash", "-lc", "sleep 1066; :");
    awaitCommand("sleep 1066");

    client.close();

    assertThat(client.server().exitValue()).isZero();
    assertThat(commands("sleep 1066")).isEmpty();
    assertThat(ended(directory))
        .anySatisfy(row -> assertThat(row).contains(" ended=cancelled stop=stopped "));
  }

  @Test
  void theServerEndsWithASignalAndLeavesNothingRunning() throws Exception {
    try (ExecClient client = client("- type: shell")) {
      client.start("1", local, false, "/bin/bash", "-lc", "sleep 1067; :");
      awaitCommand("sleep 1067");

      client.server().destroy();

      assertThat(client.server().waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(commands("sleep 1067")).isEmpty();
      assertThat(ended(directory))
          .anySatisfy(row -> assertThat(row).contains(" ended=cancelled stop=stopped "));
    }
  }

  private static List<String> commands(String line) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(each -> each.endsWith(line))
        .toList();
  }

  private static void awaitCommand(String line) throws InterruptedException {
    for (int i = 0; i < 400 && commands(line).isEmpty(); i++) {
      Thread.sleep(50);
    }
    assertThat(commands(line)).isNotEmpty();
  }
}
