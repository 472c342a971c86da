package initrunner.cli.complete;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.audit.AuditLocation;
import initrunner.audit.AuditRuns;
import initrunner.audit.AuditStore;
import initrunner.audit.ChainKey;
import initrunner.cli.CapturedConsole;
import initrunner.cli.console.ExitCodes;
import initrunner.exec.ChildJvm;
import initrunner.text.ShellWord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lines that are completed in real shells: bash and zsh on a pseudo-terminal, fish by its own
/// command for that. The program on `PATH` notes each of its calls.
class CompletionCommandTest {

  /// A line as it is typed, and as it is after all completions were inserted.
  private static final SequencedMap<String, String> LINES = new LinkedHashMap<>();

  static {
    LINES.put("initrunner va", "initrunner validate ");
    LINES.put("initrunner audit e", "initrunner audit export ");
    LINES.put("initrunner -v run --dry", "initrunner -v run --dry-run ");
    LINES.put(
        "initrunner run -p \"two words\" --dry", "initrunner run -p \"two words\" --dry-run ");
    LINES.put("initrunner run --format ", "initrunner run --format auto json text ");
    LINES.put("initrunner run --format=j", "initrunner run --format=json ");
    LINES.put("initrunner audit export -f js", "initrunner audit export -f json jsonl ");
    LINES.put("initrunner push --take ", "initrunner push --take here there ");
    LINES.put("initrunner exec --host b", "initrunner exec --host box-1 box-2 ");
    LINES.put("initrunner exec --host include", "initrunner exec --host included ");
    LINES.put("initrunner exec --host me@incl", "initrunner exec --host me@included ");
    LINES.put("initrunner exec --host=incl", "initrunner exec --host=included ");
    LINES.put("initrunner exec --hosts box-1,inc", "initrunner exec --hosts box-1,included ");
    LINES.put("initrunner run ", "initrunner run dir my\\ role.yaml other.yml role.yaml ");
    LINES.put("initrunner run o", "initrunner run other.yml ");
    LINES.put("initrunner exec role.yaml ", "initrunner exec role.yaml -- ");
    LINES.put("initrunner exec role.yaml -- not", "initrunner exec role.yaml -- notes.txt ");
    LINES.put("initrunner exec --host box-1 ", "initrunner exec --host box-1 -- ");
    LINES.put("initrunner connect cl", "initrunner connect claude-code ");
    LINES.put("initrunner connect zed o", "initrunner connect zed other.yml ");
    LINES.put("initrunner push --host box-1 not", "initrunner push --host box-1 notes.txt ");
    LINES.put("initrunner help ex", "initrunner help exec exec-server ");
    LINES.put("initrunner completion f", "initrunner completion fish ");
    LINES.put("initrunner exec --cwd n", "initrunner exec --cwd n");
    LINES.put("initrunner audit export --run bb", "initrunner audit export --run bbbbbbbbbbbb ");
  }

  @TempDir private Path directory;
  private Path work;

  @BeforeEach
  void makeHome() throws IOException {
    work = Files.createDirectory(directory.resolve("work"));
    Files.createDirectory(work.resolve("dir"));
    for (String name : List.of("role.yaml", "other.yml", "notes.txt", "my role.yaml")) {
      Files.createFile(work.resolve(name));
    }
    Path ssh = Files.createDirectories(directory.resolve(".ssh/more dir"));
    Files.writeString(
        ssh.resolveSibling("config"),
        "Include \"more dir/*.conf\"\nHost = box-1 box-* !box-3 \"box-2\" # box-4\n"
            + "  HostName box-5\nMatch all\n");
    Files.writeString(
        ssh.resolve("a.conf"), "host\tincluded\r\n  Include config\nHost $(touch x) box;x\n");
    Map<String, String> home = Map.of("HOME", directory.toString());
    AuditLocation place = AuditLocation.of(home, Optional.empty());
    try (AuditStore store = AuditStore.open(place.database(), ChainKey.of(home, place))) {
      store.append(AuditRuns.run("aaaaaaaaaaaa", Instant.parse("2190-01-31T11:00:00Z")));
      store.append(AuditRuns.run("bbbbbbbbbbbb", Instant.parse("2190-01-31T12:00:00Z")));
    }
    Path program = Files.createDirectory(directory.resolve("bin")).resolve("initrunner");
    Files.writeString(
        program,
        "#!/bin/sh\necho \"$*\" >>"
            + ShellWord.quote(directory.resolve("calls").toString())
            + "\nexec "
            + ChildJvm.initrunner(List.of()).stream()
                .map(ShellWord::quote)
                .collect(Collectors.joining(" "))
            + " \"$@\"\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void bashCompletes() throws Exception {
    assertThat(typed("bash")).isEqualTo(LINES);
    assertThat(directory.resolve("calls"))
        .hasContent("completion bash --values hosts\ncompletion bash --values recorded_run");
  }

  @Test
  void zshCompletes() throws Exception {
    assertThat(typed("zsh")).isEqualTo(LINES);
    assertThat(directory.resolve("calls"))
        .hasContent("completion zsh --values hosts\ncompletion zsh --values recorded_run");
  }

  @Test
  void fishCompletes() throws Exception {
    List<String> script = new ArrayList<>(List.of("source " + script("fish")));
    LINES
        .keySet()
        .forEach(line -> {
          script.add("echo '>>'");
          script.add("complete -C '" + line + "'");
        });
    List<String> expected =
        LINES.entrySet().stream()
            .map(each -> each.getValue().substring(each.getKey().lastIndexOf(' ') + 1))
            .map(each -> each.replace("\\ ", "_").strip())
            .toList();

    String said = said(List.of("fish", "--no-config", "-c", String.join("\n", script)), "");
    List<String> offered =
        Stream.of(said.split(">>\n", -1))
            .skip(1)
            .map(each ->
                each.lines()
                    .map(line -> line.replaceAll("\t.*|/$", "").replace(' ', '_'))
                    .collect(Collectors.joining(" ")))
            .toList();

    // fish offers nothing where the others leave the line as it is
    assertThat(offered).isEqualTo(expected.stream().map(e -> e.equals("n") ? "" : e).toList());
    assertThat(directory.resolve("calls"))
        .hasContent("completion fish --values hosts\ncompletion fish --values recorded_run");
  }

  @Test
  void shellcheckFindsNothingInTheScriptForBash() throws Exception {
    assertThat(said(List.of("shellcheck", "-s", "bash", "-S", "warning", script("bash")), ""))
        .isEmpty();
  }

  @Test
  void anotherShellIsRefusedWithWhatIsAllowed() {
    CapturedConsole console = CapturedConsole.of(Map.of());
    assertThat(console.run("completion", "ksh")).isEqualTo(ExitCodes.USAGE);
    assertThat(console.stderr())
        .startsWith(
            "initrunner: SHELL: 'ksh' is no shell that it knows; allowed is bash, zsh, fish\n");
  }

  private SequencedMap<String, String> typed(String shell) throws Exception {
    String driver =
        Path.of(CompletionCommandTest.class.getResource("complete.py").toURI()).toString();
    String said =
        said(
            List.of("python3", driver, shell, script(shell)),
            String.join("\n", LINES.keySet()) + "\n");
    List<String> lines = said.lines().toList();
    SequencedMap<String, String> all = new LinkedHashMap<>();
    int at = 0;
    for (String line : LINES.keySet()) {
      all.put(line, at < lines.size() ? lines.get(at) : said);
      at++;
    }
    return all;
  }

  private String script(String shell) throws IOException {
    CapturedConsole console = CapturedConsole.of(Map.of());
    assertThat(console.run("completion", shell)).isEqualTo(ExitCodes.OK);
    Path script = directory.resolve("script." + shell);
    Files.writeString(script, console.stdout());
    return script.toString();
  }

  private String said(List<String> command, String input) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true);
    builder.environment().put("HOME", directory.toString());
    builder.environment().keySet().removeIf(name -> name.matches("INITRUNNER_.*|XDG_.*"));
    builder.environment().put("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"));
    Process process = builder.start();
    process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }
}
