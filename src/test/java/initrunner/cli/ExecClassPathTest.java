package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.cli.console.ExitCodes;
import initrunner.exec.ChildJvm;
import initrunner.ssh.SshdExtension;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `exec` in a JVM with only the libraries that `./initrunner` gives it: those in the manifest of
/// its jar.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ExecClassPathTest {

  private static final Pattern NAMED = Pattern.compile("<Class-Path>(.*?)</Class-Path>");
  private static final Pattern LIBRARY = Pattern.compile("lib/([a-z-]+)-\\$");

  @RegisterExtension static final SshdExtension sshd = new SshdExtension();

  @TempDir Path directory;

  private record Result(int status, String stdout, String stderr) {}

  private static String classPath() throws IOException {
    Matcher named = NAMED.matcher(Files.readString(Path.of("pom.xml")));
    assertThat(named.find()).isTrue();
    List<String> libraries =
        LIBRARY.matcher(named.group(1)).results().map(r -> r.group(1)).toList();
    assertThat(libraries).hasSizeGreaterThan(2);
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry ->
            entry.endsWith("/classes")
                || libraries.stream()
                    .anyMatch(library ->
                        Path.of(entry).getFileName().toString().matches(library + "-[0-9].*")))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private Result exec(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(ChildJvm.initrunner(List.of("-Djava.io.tmpdir=" + directory), "exec"));
    command.set(command.indexOf("-cp") + 1, classPath());
    command.addAll(List.of(arguments));
    Path stderr = directory.resolve("stderr");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(stderr.toFile());
    builder.environment().put("INITRUNNER_HOME", directory.resolve("home").toString());
    builder.environment().put("STAGING_HOST", "staging.invalid");
    Process process = builder.start();
    process.getOutputStream().close();
    String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), stdout, Files.readString(stderr));
  }

  private Path role(String sandbox) throws IOException {
    return Files.writeString(
        directory.resolve("role.yaml"),
        """
        name: small
        prompt: You are small.
        tools: [shell, python, git]
        security:
          sandbox: {%s}
        """
            .formatted(sandbox));
  }

  @Test
  void runsACommandOverSshAndRecordsIt() throws Exception {
    Path role =
        role(
            "backend: ssh, ssh: {host: %s, config_file: %s}"
                .formatted(SshdExtension.HOST, sshd.configFile()));
    assertThat(exec(role.toString(), "--", "echo", "hello"))
        .isEqualTo(new Result(0, "hello\n", ""));
    assertThat(directory.resolve("home/audit.db")).isNotEmptyFile();
  }

  @Test
  void printsJson() throws Exception {
    Result result = exec(role("backend: none").toString(), "--json", "--", "sh", "-c", "exit 3");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.stdout()).startsWith("{").contains("\"status\"");
  }

  @Test
  void tellsOfEveryFaultOfARole() throws Exception {
    Result result = exec(role("backend: nowhere, nettwork: none").toString(), "--", "true");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.stderr()).contains("backend").contains("nettwork").contains("network");
  }

  @Test
  void saysLogLines() throws Exception {
    Result result = exec(role("backend: none").toString(), "--verbose", "--", "true");
    assertThat(result.status()).isZero();
    assertThat(result.stderr())
        .contains("initrunner: ")
        .doesNotContain("[initrunner", "initrunner.");
  }

  static Stream<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("examples"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsReadWithoutMore(Path example) throws Exception {
    Result result = exec(example.toString(), "--", "true");
    assertThat(result.status()).isIn(0, ExitCodes.EXEC_FAILED);
    assertThat(result.stderr()).doesNotContain("NoClassDefFound", "ClassNotFound");
  }
}
