package initrunner.door.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientFileChangeTest {

  private static final Served BOX =
      new Served(
          "box",
          Path.of("/opt/initrunner/initrunner"),
          Optional.empty(),
          Optional.of("my-build-box"),
          Optional.empty(),
          List.of(),
          Place.HOST,
          List.of("run_shell"));

  @TempDir private Path home;
  private FileLocations locations =
      new FileLocations(Path.of("/"), Optional.empty(), Map.of(), "Linux");

  @BeforeEach
  void setPlace() {
    locations = new FileLocations(home, Optional.empty(), Map.of(), "Linux");
  }

  private ClientFile file(Client client) {
    return client.files(BOX, locations, Local.AS_BEFORE).getFirst();
  }

  private static void connect(List<ClientFile> files) throws IOException {
    for (ClientFile file : files) {
      ClientFileChange.connecting(file, BOX.name()).write();
    }
  }

  private void disconnect(Client client) throws IOException {
    for (ClientFile file : client.everyFile(BOX, locations)) {
      ClientFileChange change = ClientFileChange.disconnecting(file, BOX.name());
      if (change.isChange()) {
        change.write();
      }
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(home)) {
      return all.filter(each -> !Files.isDirectory(each))
          .map(each -> home.relativize(each).toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatConnectMadeItTakesAway(Client client) throws Exception {
    connect(client.files(BOX, locations, Local.AS_BEFORE));
    assertThat(files()).hasSize(1);
    disconnect(client);
    assertThat(files()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"CLAUDE_CODE", "ZED", "GEMINI"})
  void theSwitchesGoWithTheServer(Client client) throws Exception {
    List<ClientFile> all = client.files(BOX, locations, Local.OFF);
    for (ClientFile file : all) {
      Files.createDirectories(file.path().getParent());
      Files.writeString(file.path(), "{ }\n");
    }
    connect(all);
    disconnect(client);
    for (ClientFile file : all) {
      assertThat(file.path()).hasContent("{ }\n");
    }
    assertThat(files()).hasSize(all.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{ }\n", "{\"mcpServers\":{}}", "// a\n{ /* b */ }", "", " \n"})
  void aFileIsByteForByteAsItWasBefore(String text) throws Exception {
    ClientFile file = file(Client.CURSOR);
    Files.createDirectories(file.path().getParent());
    Files.writeString(file.path(), text);

    connect(List.of(file));
    assertThat(files()).containsExactly(".cursor/mcp.json", ".cursor/mcp.json.before-box");
    assertThat(ClientFileChange.connecting(file, "box").isChange()).isFalse();
    disconnect(Client.CURSOR);

    assertThat(file.path()).hasContent(text);
    assertThat(files()).containsExactly(".cursor/mcp.json");
  }

  @Test
  void anEntryOfAnEarlierConnectIsNoPartOfABackup() throws Exception {
    ClientFile file = file(Client.CURSOR);
    Files.createDirectories(file.path().getParent());
    Files.writeString(file.path(), "{\"a\":1}\n");
    connect(List.of(file));
    Files.writeString(file.path(), Files.readString(file.path()).replace("1", "2"));
    Served other =
        new Served(
            BOX.name(),
            BOX.program(),
            BOX.role(),
            Optional.of("me@my-build-box"),
            Optional.empty(),
            List.of(),
            Place.HOST,
            List.of());
    connect(Client.CURSOR.files(other, locations, Local.AS_BEFORE));
    assertThat(Files.readString(file.path())).contains("me@my-build-box");
    assertThat(file.path().resolveSibling("mcp.json.before-box")).hasContent("{\"a\":2}\n");

    disconnect(Client.CURSOR);

    assertThat(file.path()).hasContent("{\"a\":2}\n");
    assertThat(files()).containsExactly(".cursor/mcp.json");
  }

  @Test
  void whatAPersonChangedSinceStays() throws Exception {
    ClientFile file = file(Client.CURSOR);
    Files.createDirectories(file.path().getParent());
    Files.writeString(file.path(), "{\"mcpServers\": {}}\n");
    connect(List.of(file));
    String text = Files.readString(file.path());
    Files.writeString(file.path(), text.replaceFirst("\\{", "{ // mine\n  \"a\": 1,"));

    disconnect(Client.CURSOR);

    assertThat(file.path()).hasContent("{ // mine\n  \"a\": 1,\"mcpServers\": {}}\n");
  }

  @Test
  void aRuleThatWasThereBeforeStays() throws Exception {
    ClientFile settings = Client.CLAUDE_CODE.files(BOX, locations, Local.OFF).getLast();
    Files.createDirectories(settings.path().getParent());
    String before = "{\n  \"permissions\": {\n    \"deny\": [\"Bash\"]\n  }\n}\n";
    Files.writeString(settings.path(), before);
    connect(List.of(settings));
    Files.writeString(
        settings.path(), Files.readString(settings.path()).replaceFirst("\\{", "{\n  \"a\": 1,"));

    disconnect(Client.CLAUDE_CODE);

    assertThat(settings.path()).hasContent(before.replaceFirst("\\{", "{\n  \"a\": 1,"));
  }

  @Test
  void anotherHookOfTheSameServerTakesThePlaceOfTheFirst() throws Exception {
    connect(Client.CLAUDE_CODE.files(BOX, locations, Local.OFF));
    connect(Client.CLAUDE_CODE.files(BOX, locations, Local.BASH_ON_HOST));

    assertThat(Files.readString(home.resolve(".claude/settings.json")))
        .containsOnlyOnce("hook claude-code")
        .contains("--bash-on-host --host my-build-box || exit 2")
        .contains("\"deny\": [\"PowerShell\", ");
    connect(Client.CLAUDE_CODE.files(BOX, locations, Local.OFF));
    assertThat(Files.readString(home.resolve(".claude/settings.json")))
        .containsOnlyOnce("hook claude-code")
        .contains("\"deny\": [\"Bash\", \"PowerShell\", ");
  }

  private static final String JSON =
      """
      { // mine
        "permissions": {"deny": ["Bash", "Other"], "allow": []},
        "mcpServers": {"other": {"command": "npx"}},

        "a": 1
      }
      """;

  private static final String TOML =
      """
      # mine
      default = "other"

      [[environments]]
      id = "other"
      program = "x"
      """;

  /// Each sequence of options, and at the end nothing of them.
  @ParameterizedTest
  @CsvSource({
    "CLAUDE_CODE, OFF BASH_ON_HOST AS_BEFORE OFF",
    "CLAUDE_CODE, AS_BEFORE BASH_ON_HOST OFF",
    "CLAUDE_CODE, BASH_ON_HOST BASH_ON_HOST",
    "CODEX, OFF AS_BEFORE OFF",
    "CODEX, AS_BEFORE AS_BEFORE OFF",
    "ZED, AS_BEFORE OFF AS_BEFORE",
    "ZED, OFF OFF",
    "GEMINI, OFF AS_BEFORE OFF",
    "GEMINI, AS_BEFORE OFF"
  })
  void afterSeveralConnectsTheFilesComeBackByteForByte(Client client, String all) throws Exception {
    for (ClientFile file : client.everyFile(BOX, locations)) {
      Files.createDirectories(file.path().getParent());
      Files.writeString(file.path(), client == Client.CODEX ? TOML : JSON);
    }
    List<String> before = files();
    connectInTurn(client, all);
    disconnect(client);
    for (String file : before) {
      assertThat(Files.readString(home.resolve(file)))
          .isEqualTo(client == Client.CODEX ? TOML : JSON);
    }
    assertThat(files()).isEqualTo(before);

    for (String file : before) {
      Files.delete(home.resolve(file));
    }
    connectInTurn(client, all);
    disconnect(client);
    assertThat(files()).isEmpty();
  }

  /// The second has another directory than the first.
  private void connectInTurn(Client client, String all) throws IOException {
    int turn = 0;
    for (String local : all.split(" ", -1)) {
      Served served =
          new Served(
              BOX.name(),
              BOX.program(),
              BOX.role(),
              BOX.host(),
              Optional.of("/srv/" + turn++),
              List.of(),
              Place.HOST,
              List.of("run_shell"));
      connect(client.files(served, locations, Local.valueOf(local)));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CLAUDE_CODE", "CODEX", "ZED", "GEMINI"})
  void aConnectWithoutTheSwitchesTakesThemOut(Client client) throws Exception {
    for (ClientFile file : client.everyFile(BOX, locations)) {
      Files.createDirectories(file.path().getParent());
      Files.writeString(file.path(), client == Client.CODEX ? TOML : JSON);
    }
    connect(client.files(BOX, locations, Local.AS_BEFORE));
    Map<String, String> usual = texts();
    connect(client.files(BOX, locations, Local.OFF));
    assertThat(texts()).isNotEqualTo(usual);
    connect(client.files(BOX, locations, Local.AS_BEFORE));
    assertThat(texts()).isEqualTo(usual);
  }

  private Map<String, String> texts() throws IOException {
    Map<String, String> texts = new TreeMap<>();
    for (String file : files()) {
      texts.put(file, Files.readString(home.resolve(file)));
    }
    return texts;
  }

  @Test
  void theSwitchesGoAlsoFromAFileThatAPersonChangedBetweenTwoConnects() throws Exception {
    Path settings = home.resolve(".claude/settings.json");
    Files.createDirectories(settings.getParent());
    Files.writeString(settings, "{\"permissions\": {\"deny\": [\"Bash\"]}}\n");
    connect(Client.CLAUDE_CODE.files(BOX, locations, Local.OFF));
    Files.writeString(settings, Files.readString(settings).replaceFirst("\\{", "{\"a\": 1, "));
    connect(Client.CLAUDE_CODE.files(BOX, locations, Local.BASH_ON_HOST));

    disconnect(Client.CLAUDE_CODE);

    assertThat(settings).hasContent("{\"a\": 1, \"permissions\": {\"deny\": [\"Bash\"]}}\n");
  }

  @Test
  void withoutConnectsHookTheRulesArePersonal() throws Exception {
    Path settings = home.resolve(".claude/settings.json");
    Files.createDirectories(settings.getParent());
    String own = "{\"permissions\": {\"deny\": [\"Bash\", \"Read\"]}}\n";
    Files.writeString(settings, own);
    disconnect(Client.CLAUDE_CODE);
    assertThat(settings).hasContent(own);
  }

  @Test
  void aBackupWithConnectsOwnLinesIsNotTheFileBeforeConnect() throws Exception {
    connect(Client.CLAUDE_CODE.files(BOX, locations, Local.OFF));
    Path settings = home.resolve(".claude/settings.json");
    Files.copy(settings, home.resolve(".claude/settings.json.before-box"));
    connect(Client.CLAUDE_CODE.files(BOX, locations, Local.BASH_ON_HOST));
    disconnect(Client.CLAUDE_CODE);
    assertThat(settings).doesNotExist();
  }

  @Test
  void whatAPersonAddedToConnectsOwnLinesStaysInTheNextConnect() throws Exception {
    connect(Client.GEMINI.files(BOX, locations, Local.OFF));
    Path gemini = home.resolve(".gemini/settings.json");
    Files.writeString(
        gemini, Files.readString(gemini).replace("\"mcp_box_*\"", "\"mcp_box_*\", \"mcp_o_*\""));
    connect(Client.GEMINI.files(BOX, locations, Local.OFF));
    assertThat(gemini).content().contains("mcp_o_*");
    disconnect(Client.GEMINI);
    assertThat(gemini).doesNotExist();
  }

  @Test
  void aLinkStaysOne() throws Exception {
    Path real = Files.createDirectories(home.resolve("dotfiles")).resolve("mcp.json");
    Path link = Files.createDirectories(home.resolve(".cursor")).resolve("mcp.json");
    Files.createSymbolicLink(link, Path.of("../dotfiles/mcp.json"));

    connect(List.of(file(Client.CURSOR)));
    assertThat(Files.readString(real)).contains("my-build-box");
    assertThat(Files.isSymbolicLink(link)).isTrue();
    connect(List.of(file(Client.CURSOR)));
    disconnect(Client.CURSOR);
    assertThat(Files.isSymbolicLink(link)).isTrue();
  }

  @Test
  void aFilesPermissionsStayAndItsBackupHasThemToo() throws Exception {
    Path file = Files.writeString(home.resolve(".claude.json"), "{\"token\": 1}");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    connect(List.of(file(Client.CLAUDE_CODE)));

    for (String name : List.of(".claude.json", ".claude.json.before-box")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve(name))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aFileThatChangedMeanwhileIsNotWritten() throws Exception {
    Path file = Files.writeString(home.resolve(".claude.json"), "{}");
    ClientFileChange change = ClientFileChange.connecting(file(Client.CLAUDE_CODE), "box");
    Files.writeString(file, "{\"new\": 1}");

    assertThatThrownBy(change::write)
        .isInstanceOf(ClientFileException.class)
        .hasMessageContaining("has changed meanwhile");
    assertThat(file).hasContent("{\"new\": 1}");
    assertThat(files()).containsExactly(".claude.json");
  }

  @Test
  void aServerOfAnotherProgramIsLeftAlone() throws Exception {
    Path file =
        Files.writeString(
            home.resolve(".claude.json"), "{\"mcpServers\": {\"box\": {\"command\": \"npx\"}}}");

    assertThatThrownBy(() -> connect(List.of(file(Client.CLAUDE_CODE))))
        .hasMessageContaining(
            ".claude.json has mcpServers.box already, and it is not InitRunner's");
    assertThatThrownBy(() -> disconnect(Client.CLAUDE_CODE))
        .isInstanceOf(ClientFileException.class);
    assertThat(file).hasContent("{\"mcpServers\": {\"box\": {\"command\": \"npx\"}}}");
  }

  @Test
  void aChoiceOfThePersonsIsNotReplaced() throws Exception {
    List<ClientFile> files = Client.GEMINI.files(BOX, locations, Local.OFF);
    Files.createDirectories(files.getFirst().path().getParent());
    Files.writeString(files.getFirst().path(), "{\"tools\": {\"core\": [\"glob\"]}}");

    assertThatThrownBy(() -> connect(files)).hasMessageContaining("has tools.core already");
    disconnect(Client.GEMINI);
    assertThat(files.getFirst().path()).hasContent("{\"tools\": {\"core\": [\"glob\"]}}");
  }

  @Test
  void aFileThatIsNotOfItsFormatIsNamedWithLineAndColumn() throws Exception {
    Files.writeString(home.resolve(".claude.json"), "{\n  \"a\": 1\n  \"b\": 2\n}");
    assertThatThrownBy(() -> connect(List.of(file(Client.CLAUDE_CODE))))
        .hasMessageEndingWith(".claude.json:3:3: a comma or } belongs here");

    Files.createDirectories(home.resolve(".codex"));
    Files.writeString(home.resolve(".codex/config.toml"), "a = 1\nb = \n");
    assertThatThrownBy(() -> connect(List.of(file(Client.CODEX))))
        .hasMessageEndingWith("config.toml:2:5: a value belongs here");

    Files.write(home.resolve(".claude.json"), new byte[] {'{', (byte) 0xE9, '}'});
    assertThatThrownBy(() -> connect(List.of(file(Client.CLAUDE_CODE))))
        .hasMessageEndingWith("is not text in UTF-8");
  }
}
