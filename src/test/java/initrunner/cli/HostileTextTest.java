package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.agent.ScriptedModel;
import initrunner.cli.console.Console;
import initrunner.ssh.SshdExtension;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Every command against a host, a repository, a role and a model that answer with every character
/// that a terminal obeys or hides: none reaches standard output or error, and no line of theirs
/// looks like one of InitRunner's.
@Timeout(120)
class HostileTextTest {

  /// Would be a separate line if a terminal obeyed a line end in a one-line text.
  private static final String FORGED = "  ok       forged";

  private static final String EVIL = "x" + forbidden() + "\n" + FORGED + "\ny\r\nz\r" + FORGED;

  private static final Path PROGRAMS = hostilePrograms();

  @RegisterExtension
  static final SshdExtension sshd =
      new SshdExtension("Banner " + PROGRAMS.resolve("said"))
          .withEnvironment("PATH=" + PROGRAMS + ":/usr/local/bin:/usr/bin:/bin");

  @TempDir private Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private ScriptedModel server = ScriptedModel.of();

  private static boolean isForbidden(int c) {
    return switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              true;
          default -> false;
        }
        || c == 0x034F
        || c == 0x2800
        || c == 0x3164
        || (c >= 0x115F && c <= 0x1160)
        || (c >= 0x17B4 && c <= 0x17B5)
        || (c >= 0x180B && c <= 0x180F)
        || (c >= 0x2065 && c <= 0x206F)
        || (c >= 0xFE00 && c <= 0xFE0F)
        || c == 0xFFA0
        || (c >= 0xE0100 && c <= 0xE01EF);
  }

  private static String forbidden() {
    StringBuilder text = new StringBuilder();
    IntStream.rangeClosed(1, Character.MAX_CODE_POINT)
        .filter(c -> isForbidden(c) && c != '\n' && c != '\r' && c != '\t')
        .forEach(text::appendCodePoint);
    return text.toString();
  }

  /// Programs that answer for a host; they come first on `PATH`.
  private static Path hostilePrograms() {
    try {
      Path programs = Files.createTempDirectory(Path.of("/tmp"), "irt-hostile-");
      Files.setPosixFilePermissions(programs, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.writeString(programs.resolve("said"), EVIL);
      for (String name :
          List.of(
              "bwrap",
              "docker",
              "podman",
              "srun",
              "scancel",
              "squeue",
              "scontrol",
              "git",
              "id",
              "uname",
              "python3",
              "prlimit",
              "systemd-run")) {
        boolean isAsked = List.of("uname", "id").contains(name);
        Path program =
            Files.writeString(
                programs.resolve(name),
                "#!/bin/sh\n/bin/cat "
                    + programs
                    + "/said\n/bin/cat "
                    + programs
                    + "/said >&2\n"
                    + (isAsked ? "exit 0\n" : "exit 3\n"));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      return programs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void prepare() throws IOException {
    environment.put("INITRUNNER_HOME", directory.resolve("home").toString());
    environment.put("PATH", PROGRAMS + ":" + System.getenv("PATH"));
    environment.put("HOME", directory.toString());
    Files.createDirectories(directory.resolve("work"));
    Files.createDirectories(sshd.home().resolve(".ssh"));
    Files.writeString(
        sshd.home().resolve(".ssh/rc"), "/bin/cat " + PROGRAMS.resolve("said") + " >&2\n");
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void doctorShowsNothingOfAHostileHostAsItIs() throws IOException {
    for (String launcher : List.of("none", "bwrap", "docker", "slurm")) {
      Path role = role("- type: shell", "launcher: " + launcher);
      assertThat(said("doctor", role.toString())).contains("Host my-build-box");
    }
    shown("doctor", role("- type: shell", "").toString(), "--json");
  }

  @Test
  void aPlaceThatCannotBeUsedIsToldOfSafely() throws IOException {
    for (String launcher : List.of("bwrap", "docker", "slurm")) {
      Path role = role("- type: shell", "launcher: " + launcher);
      script(ScriptedModel.text("never"));
      String start = role.toString();
      assertThat(said("exec", start, "--", "true")).contains("unavailable");
      assertThat(said("run", start, "-p", "Go.", "--dry-run")).contains("unavailable");
    }
    String start = role("- type: shell", "launcher: docker").toString();
    said("exec", start, "--json", "--", "true");
    said("run", start, "-p", "Go.");
    said("run", start, "-p", "Go.", "-f", "json");
    said("run", start, "-i");
    Path role = role("- type: shell", "remote_cwd: '/no/such\u001b[2J'");
    said("exec", role.toString(), "--", "true");
    said("exec", "--host", "no-such-host.invalid\u009b2J", "--", "true");
    said("exec", role("- type: shell", "").toString(), "--", "no-such-program\u001b[2J\u202e");
    said("exec", role("- type: shell", "").toString(), "--cwd", "/no\u202e", "--", "true");
  }

  @Test
  void whatExecReportsAsJsonIsJsonAndHoldsNoneOfThem() throws IOException {
    Path role = role("- type: shell", "");
    String json = said("exec", role.toString(), "--json", "--", "cat", PROGRAMS + "/said");
    assertThat(json).contains("\"status\":0", "\\u001b", "\\u202e");
  }

  @Test
  void noTextOfAModelReachesTheTerminalAsItIs() throws IOException {
    String odd = "no_such_tool" + EVIL.substring(0, 40);
    ScriptedModel.Reply[] turns = {
      ScriptedModel.calls(
          new ScriptedModel.Call("c1" + EVIL.substring(0, 30), odd, "{}"),
          ScriptedModel.shellCall("c2", "printf '%s' '" + EVIL.replace("\n", " ") + "'"),
          ScriptedModel.shellCall("c3", "cat " + PROGRAMS + "/said")),
      ScriptedModel.text(EVIL)
    };
    Path role = role("- type: shell", "");
    for (String[] command :
        List.of(
            new String[] {"run", role.toString(), "-p", "Go."},
            new String[] {"run", role.toString(), "-p", "Go.", "-f", "json"},
            new String[] {"run", role.toString(), "-p", "Go.", "-f", "text"},
            new String[] {"-v", "run", role.toString(), "-p", "Go.", "-i"})) {
      for (Console.Output output : Console.Output.values()) {
        script(turns);
        assertThat(shown(output, command)).containsIgnoringCase("\\u202E");
      }
    }
    script(ScriptedModel.status(400, "{\"error\":{\"message\":" + json(EVIL) + "}}"));
    said("run", role.toString(), "-p", "Go.");
    script(ScriptedModel.status(500, EVIL));
    said("run", role.toString(), "-p", "Go.");
    said("audit", "security-events");
    shown("audit", "security-events", "--format", "json");
    shown("audit", "security-events", "--format", "csv");
    shown("audit", "export");
    shown("audit", "export", "--format", "jsonl");
    shown("audit", "export", "--format", "csv");
    said("audit", "verify");
  }

  @Test
  void aCallThatWaitsIsShownSafelyWhereverItIsShown() throws IOException {
    Path role = role("- {type: shell, approval: required}", "");
    ScriptedModel.Call call =
        new ScriptedModel.Call(
            "id" + EVIL, "run_shell", "{\"command\":" + json("echo '" + EVIL + "'") + "}");
    script(
        ScriptedModel.calls(call),
        ScriptedModel.calls(call),
        ScriptedModel.calls(call),
        ScriptedModel.text(EVIL));
    String paused = said("run", role.toString(), "-p", "Go.");
    Matcher id = Pattern.compile("Run ([0-9a-f]{12}) waits").matcher(paused);
    assertThat(id.find()).as(paused).isTrue();
    said("pending");
    shown("pending", "--json");
    said("approve", id.group(1), "--tool-call-id", "other" + EVIL);
    said("approve", id.group(1), "--deny");
    shown("approve", id.group(1));
  }

  @Test
  void aHostileRoleIsValidatedAndRefusedSafely() throws IOException {
    Path hostile = Files.createDirectories(directory.resolve("d\u001b[2J\u202e\nok"));
    Path role =
        Files.move(
            role("- type: shell", "host_key_alias: " + json(EVIL)),
            hostile.resolve("r\u009b.yaml"));
    said("validate", role.toString());
    said("doctor", role.toString());
    said("run", role.toString(), "-p", "Go.");
    said("exec", role.toString(), "--", "true");
    said("validate", hostile.resolve("none\u202e").toString());
    Path valid =
        Files.writeString(
            hostile.resolve("v.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata: {name: odd, description: %s}
            spec:
              role: %s
              model: {provider: openai, name: gpt-5-mini}
              tools: [{type: shell, allowed_commands: [%s]}, {type: git, repo_path: %s}]
              security: {sandbox: {backend: none}}
            """
                .formatted(json(EVIL), json(EVIL), json("x\u202ey"), json("/a\u202eb")));
    said("validate", valid.toString());
    script(ScriptedModel.text(EVIL));
    shown("run", valid.toString(), "-p", "Go.", "--dry-run");
    shown("run", valid.toString(), "-p", EVIL);
    said("run", valid.toString(), "-p", "Go.", "--model", "openai:" + EVIL.substring(0, 50));
    said("run", valid.toString(), "-p", "Go.", "--no-such\u001b[2J");
    said("no-such-command\u001b]0;t\u0007");
    said("schema");
    said("--help");
  }

  @Test
  void theFilesOfAHostAreNamedSafely() throws IOException {
    Path there = Files.createDirectories(directory.resolve("there"));
    Path here = Files.createDirectories(directory.resolve("here"));
    String name = "n\u001b[2J\u202e\n" + FORGED;
    Files.writeString(there.resolve(name), EVIL);
    Files.createSymbolicLink(there.resolve("l" + name), Path.of("/" + name));
    Files.writeString(here.resolve(name), "another");
    String role = role("- type: shell", "remote_cwd: " + there).toString();
    String to = here.toString();
    assertThat(said("pull", role, "--to", to))
        .contains("conflict  ", "n\\x1B[2J\\u202E\\x0A", "refused");
    assertThat(said("push", role, to + "/.")).contains("conflict  ", "n\\x1B[2J\\u202E\\x0A");
    said("pull", role, "--to", to, "--take", "there", "--dry-run");
    shown("pull", role, "--to", to, "--json");
    said("pull", role, "no" + name);
    said("push", role, "no" + name);
    said("push", role, "--exclude", name, "--to", "~no" + name);
  }

  /// Git on this machine reads the hostile repository; the answer is shown as a model gets it.
  @Test
  void aHostileRepositoryIsShownSafely() throws Exception {
    Path work = directory.resolve("work");
    environment.put("PATH", System.getenv("PATH"));
    git(work, "init", "-q", "-b", "m\u202ein");
    Files.writeString(work.resolve("f\u001b]0;t\u0007\u202e\nok"), EVIL);
    git(work, "add", ".");
    git(work, "-c", "user.name=u\u202e\u009b", "-c", "user.email=e", "commit", "-qm", EVIL);
    Files.writeString(work.resolve("f\u001b]0;t\u0007\u202e\nok"), "y" + EVIL);
    Path role =
        Files.writeString(
            directory.resolve("git.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata: {name: reader}
            spec:
              role: You read.
              model: {provider: openai, name: gpt-5-mini}
              tools: [{type: git, repo_path: %s}, {type: filesystem, root_path: %s}]
              security: {sandbox: {backend: none}}
            """
                .formatted(work, work));
    script(
        ScriptedModel.calls(
            new ScriptedModel.Call("1", "git_status", "{}"),
            new ScriptedModel.Call("2", "git_log", "{}"),
            new ScriptedModel.Call("3", "git_diff", "{}"),
            new ScriptedModel.Call("4", "list_directory", "{}"),
            new ScriptedModel.Call("5", "read_file", "{\"path\":" + json("f\u202e") + "}")),
        ScriptedModel.text(EVIL));
    shown("run", role.toString(), "-p", "Go.");
  }

  private static void git(Path directory, String... words) throws Exception {
    List<String> argv = new ArrayList<>(List.of("git", "-C", directory.toString()));
    argv.addAll(List.of(words));
    Process git = new ProcessBuilder(argv).inheritIO().start();
    assertThat(git.waitFor()).isZero();
  }

  /// Both streams of a command on a terminal, which may hold only InitRunner's lines.
  private String said(String... command) {
    String all = shown(command);
    assertThat(all.lines()).as(String.join(" ", command)).noneMatch(line -> line.equals(FORGED));
    return all;
  }

  private String shown(String... command) {
    return shown(Console.Output.TERMINAL, command);
  }

  private String shown(Console.Output output, String... command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Map<String, String> plain = new HashMap<>(environment);
    plain.put("NO_COLOR", "1");
    Console console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            out,
            err,
            plain,
            output,
            output,
            Console.Output.OTHER);
    int ignored = Main.run(command, console);
    String all = out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    boolean isCsv = List.of(command).contains("csv");
    assertThat(all.codePoints().filter(HostileTextTest::isForbidden))
        .as(String.join(" ", command) + ":\n" + all)
        .allMatch(c -> c == '\n' || c == '\t' || (isCsv && c == '\r'));
    return all;
  }

  private static String json(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int at = 0; at < text.length(); at++) {
      char unit = text.charAt(at);
      json.append(unit >= ' ' && unit < 0x7F ? unit : String.format("\\u%04x", (int) unit));
    }
    return json.append('"').toString();
  }

  private Path role(String tool, String more) throws IOException {
    return Files.writeString(
        directory.resolve("role.yaml"),
        """
        apiVersion: initrunner/v1
        kind: Agent
        metadata:
          name: remote-agent
        spec:
          role: You are brief.
          model:
            provider: openai
            name: gpt-5-mini
          tools:
            %s
          security:
            sandbox:
              backend: ssh
              ssh:
                host: my-build-box
                config_file: %s
                %s
                %s
        """
            .formatted(
                tool,
                sshd.configFile(),
                more.contains("remote_cwd") ? "" : "remote_cwd: " + directory.resolve("work"),
                more));
  }

  private void script(ScriptedModel.Reply... replies) {
    server.close();
    server = ScriptedModel.of(replies);
    environment.put("OPENAI_API_KEY", "sk-a-key");
    environment.put("OPENAI_BASE_URL", server.baseUrl().toString());
  }
}
