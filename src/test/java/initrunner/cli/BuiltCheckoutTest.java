package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import initrunner.cli.console.ExitCodes;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A checkout that the start script has built, with its own start cache of the JDK. Its Maven is a
/// script that copies the compiled classes; all else is real.
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class BuiltCheckoutTest {

  /// A name outside of ASCII, made by a shell: this JVM's locale may be unable to write it.
  private static final String ACCENTED = "$(printf 'd\\303\\251')";

  /// Makes a JVM exit if its start cache does not fit.
  private static final String CACHE_MUST_FIT = "-XX:AOTMode=on -Xlog:aot=error:stderr";

  @TempDir private static Path directory;

  private record Result(int status, String stdout, String stderr) {}

  @BeforeAll
  static void build() throws Exception {
    Path prepared = Files.createDirectories(directory.resolve("prepared/lib"));
    List<Path> entries =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toList();
    for (Path jar : entries.stream().filter(Files::isRegularFile).toList()) {
      Files.copy(jar, prepared.resolve(jar.getFileName()));
    }
    jar(prepared.resolveSibling("initrunner.jar"), namedByTheJar(entries));
    executable(
        directory.resolve("bin/mvn"),
        """
        #!/bin/sh
        [ "$1" != -v ] || { echo 'Apache Maven 3.9.11'; exit; }
        mkdir -p target/launch/build && cp -R '%s/.' target/launch/build/
        """
            .formatted(prepared.getParent()));
    Path checkout = Files.createDirectories(directory.resolve("first"));
    for (String file :
        List.of(
            "initrunner",
            "dev/jdk.sh",
            "dev/maven.sh",
            "dev/build.sh",
            "dev/PrepareClasses.java")) {
      Files.createDirectories(checkout.resolve(file).getParent());
      Files.copy(Path.of(file), checkout.resolve(file));
    }
    executable(checkout.resolve("initrunner"), Files.readString(Path.of("initrunner")));
    Files.createDirectories(checkout.resolve("src/main"));
    Files.writeString(checkout.resolve("src/main/X.java"), "");
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    Files.writeString(
        directory.resolve("role.yaml"),
        "name: small\nprompt: x\nsecurity: {sandbox: {backend: none}}\n");
    assertThat(run(Map.of(), "first/initrunner --version").stdout()).startsWith("initrunner ");
  }

  private static String namedByTheJar(List<Path> classPath) throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    String named = pom.substring(pom.indexOf("<Class-Path>"), pom.indexOf("</Class-Path>"));
    return classPath.stream()
        .map(path -> path.getFileName().toString())
        .filter(name -> named.contains("lib/" + name.replaceFirst("[0-9][0-9.]*\\.jar$", "") + "$"))
        .map(name -> "lib/" + name)
        .collect(Collectors.joining(" "));
  }

  private static void jar(Path jar, String classPath) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
    Path classes = Path.of("target/classes");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        Stream<Path> files = Files.walk(classes)) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
        Files.copy(each, out);
      }
    }
  }

  private static void executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Result run(Map<String, String> more, String script) throws Exception {
    Path stderr = Files.createTempFile(directory, "stderr", "");
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", script)
            .directory(directory.toFile())
            .redirectError(stderr.toFile());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"));
    environment.put("HOME", directory.toString());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.putAll(more);
    Process process = builder.start();
    process.getOutputStream().close();
    String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), stdout, Files.readString(stderr));
  }

  @Test
  void aMovedCheckoutRunsFromWhereItIsNow() throws Exception {
    run(Map.of(), "cp -R -p first moving; ./moving/initrunner --version");
    for (String move :
        List.of("mv moving moved; at=moved", "mv moved " + ACCENTED + "; at=" + ACCENTED)) {
      String call =
          "; \"$at\"/initrunner run --help >/dev/null && \"$at\"/initrunner exec role.yaml -- echo hello; rm -rf .initrunner; exit";
      Result result = run(Map.of("JAVA_TOOL_OPTIONS", CACHE_MUST_FIT), move + call);
      assertThat(result.stdout()).as(result.stderr()).isEqualTo("hello\n");
      assertThat(result.stderr()).doesNotContain("SQLite", "Exception");
    }
    String validate = "at=" + ACCENTED + "; \"$at\"/initrunner validate role.yaml; rm -r \"$at\"";
    assertThat(run(Map.of(), validate).stderr()).isEmpty();
  }

  @Test
  void theStartCachesFitMachinesOfAllSizes() throws Exception {
    for (String memory : List.of("1g", "64g", "120g", "2048g")) {
      String options = CACHE_MUST_FIT + " -XX:MaxRAM=" + memory;
      Result result =
          run(
              Map.of("JAVA_TOOL_OPTIONS", options),
              "first/initrunner exec role.yaml -- echo hello && first/initrunner run --help"
                  + " && first/initrunner --version && first/initrunner --help");
      assertThat(result.status()).as(memory + ": " + result.stderr()).isZero();
      assertThat(result.stdout()).startsWith("hello\n");
    }
    // Proves that the test can fail.
    String options = CACHE_MUST_FIT + " -XX:-UseCompressedOops";
    for (String command : List.of("--version", "--help", "exec --help", "run --help")) {
      assertThat(run(Map.of("JAVA_TOOL_OPTIONS", options), "first/initrunner " + command).status())
          .as(command)
          .isNotZero();
    }
  }

  /// In a locale that lacks a character of the command, and with options for each JVM that make it
  /// print something of its own, too.
  @Test
  void whatTheHookMakesOfACommandRunsIt() throws Exception {
    String call =
        """
        {"hook_event_name":"PreToolUse","tool_name":"Bash",\
        "tool_input":{"command":"echo \\u0022it\\u0027s \\u00e9\\u0022"}}\
        """;
    String hook = " | first/initrunner hook claude-code --bash-on-host role.yaml";
    Map<String, String> weird =
        Map.of(
            "LC_ALL", "C",
            "JAVA_TOOL_OPTIONS", "-XX:+PrintCommandLineFlags",
            "JDK_JAVA_OPTIONS", "--show-version",
            "_JAVA_OPTIONS", "-Xlog:gc+init");
    Result answer = run(weird, "printf %s '" + call + "'" + hook);
    assertThat(answer.status()).as(answer.stderr()).isZero();
    String line =
        new ObjectMapper()
            .readTree(answer.stdout())
            .at("/hookSpecificOutput/updatedInput/command")
            .asText();
    Path script = Files.writeString(directory.resolve("line"), line + "\n");
    Result ran = run(Map.of("LC_ALL", "C"), "cd / && sh '" + script + "'");
    assertThat(ran.stdout()).as(ran.stderr()).isEqualTo("it's é\n");
    assertThat(run(Map.of(), "first/initrunner show last").stdout())
        .contains("hook for claude-code");
  }

  /// What the shell of a contained command tries in the directory of the start script, with names
  /// of files that the next start reads, runs and builds from.
  private static final String ATTEMPTS =
      """
      for file in initrunner dev/jdk.sh dev/new pom.xml .mvn/maven.config .mvn/new src/main/X.java \\
        target/launch/current target/launch/app.*/initrunner.jar target/launch/app.*/new \\
        target/launch/app.*/*.aot target/launch/app.*/lib/picocli-*.jar .git/config \\
        .git/hooks/post-merge .env
      do
        echo '# planted' >new
        { echo '# planted' >>$file; cp new $file; mv -f new $file; rm -f $file; cp role.yaml $file
          echo '# planted' >new; ln -sf "$PWD/new" $file
          ln $file hard && echo '# planted' >>hard
        } 2>/dev/null
        if grep -s planted $file >/dev/null; then echo $file; fi
      done
      for directory in dev .mvn src src/main target target/launch target/launch/app.* .git .; do
        mv $directory moved 2>/dev/null && echo $directory
      done
      touch src/test-is-written target/other-is-written docs
      """;

  @Test
  void aContainedCommandBesideTheStartScriptCannotChangeWhatTheNextStartObeys() throws Exception {
    run(Map.of(), "cp -R -p first beside; cd beside; mkdir -p .mvn .git/hooks; touch .git/config");
    Path checkout = directory.resolve("beside");
    Files.writeString(checkout.resolve(".mvn/maven.config"), "");
    assertThat(run(Map.of(), "beside/initrunner --version").status()).isZero();
    Files.writeString(
        checkout.resolve("role.yaml"),
        "name: small\nprompt: x\nsecurity: {sandbox: {backend: bwrap, limits: best_effort}}\n");
    Files.writeString(checkout.resolve("attempts.sh"), ATTEMPTS);
    String call = "cd beside && ./initrunner exec role.yaml -- sh attempts.sh";
    Result result = run(Map.of(), call);
    assertThat(result.stdout()).as(result.stderr()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(checkout.resolve("src/test-is-written")).exists();
    assertThat(run(Map.of(), "beside/initrunner --version").stderr()).isEmpty();

    // Proves that the test can fail.
    assertThat(run(Map.of(), "cd beside && sh attempts.sh").stdout())
        .contains("initrunner\n", "dev/jdk.sh\n", "src\n", "initrunner.jar\n");
    run(Map.of(), "rm -r beside");
  }

  @Test
  void aRoleThatCouldReplaceTheLinkWithWhichThisIsStartedIsRefused() throws Exception {
    String link =
        "mkdir -p linked/bin && ln -s ../../first/initrunner linked/bin/initrunner && cd linked"
            + " && printf 'name: small\\nprompt: x\\nsecurity: {sandbox: {backend: bwrap}}\\n'"
            + " >role.yaml && ";
    Result result = run(Map.of(), link + "bin/initrunner exec role.yaml -- true");
    assertThat(result.status()).isEqualTo(ExitCodes.EXEC_FAILED);
    assertThat(result.stderr())
        .contains("linked/bin/initrunner' is a symbolic link that commands could replace");
  }

  @Test
  void theVersionNamesTheClientThatPathHas() throws Exception {
    Result result = run(Map.of(), "first/initrunner --version");
    assertThat(result.stdout())
        .contains("commit:  unknown\n", System.getProperty("java.home"))
        .containsPattern("\nOpenSSH: OpenSSH_\\d.*, /.*/ssh\n");
    String without = "mkdir -p few && ln -s \"$(command -v sh)\" few/; PATH=$PWD/few";
    assertThat(run(Map.of(), without + " first/initrunner --version").stdout())
        .contains("\nOpenSSH: no ssh on PATH; ");
  }

  /// As `dev/package` lays it out; the runtime is a link to the JDK of the test.
  private static final String INSTALL =
      """
      set -e
      mkdir -p installed/bin installed/lib/initrunner && cp first/initrunner installed/bin/
      cp -R -p first/target/launch/app.* installed/lib/initrunner/app.1
      ln -s "$JAVA_HOME" installed/lib/initrunner/app.1/runtime
      echo app.1 >installed/lib/initrunner/installed
      """;

  @Test
  void anInstalledProgramNeedsNoJavaAndNoPlaceOfItsOwn() throws Exception {
    assertThat(run(Map.of(), "mkdir apart; cd apart && ln -s ../first . && " + INSTALL).status())
        .isZero();
    Map<String, String> clean = Map.of("JAVA_HOME", "", "JAVA_TOOL_OPTIONS", CACHE_MUST_FIT);
    String path = "PATH=/usr/bin:/bin; cd apart; at=$PWD/" + ACCENTED + "; ";
    for (String call :
        List.of(
            "installed/bin/initrunner",
            "cd installed/bin && ./initrunner",
            "PATH=$PWD/installed/bin:$PATH; initrunner",
            "ln -s installed/bin/initrunner a-link; ./a-link",
            "mv installed \"$at\"; \"$at\"/bin/initrunner")) {
      Result result = run(clean, path + call + " exec -h");
      assertThat(result.status()).as(call + result.stderr()).isZero();
    }
    String exec = "\"$at\"/bin/initrunner exec ../role.yaml -- echo hello";
    Result result = run(clean, path + exec);
    assertThat(result.stdout()).as(result.stderr()).isEqualTo("hello\n");

    Result damaged = run(clean, path + "rm \"$at\"/lib/initrunner/app.1/runtime; " + exec);
    assertThat(damaged.stderr()).hasLineCount(1).contains("the installation is not complete");
    assertThat(damaged.status()).isEqualTo(ExitCodes.EXEC_FAILED);
    run(Map.of(), "rm -r apart .initrunner");
  }

  @Test
  void aContainedCommandCannotChangeAnInstalledProgram() throws Exception {
    assertThat(run(Map.of(), "mkdir own && cd own && ln -s ../first . && " + INSTALL).status())
        .isZero();
    Files.writeString(
        directory.resolve("own/role.yaml"),
        "name: small\nprompt: x\nsecurity: {sandbox: {backend: bwrap, limits: best_effort}}\n");
    String attempts =
        """
        cd installed
        for file in bin/initrunner lib/initrunner/installed lib/initrunner/app.1/*.aot
        do
          { echo '# planted' >>$file; rm -f $file; echo '# planted' >$file; } 2>/dev/null
          if grep -s planted $file >/dev/null; then echo $file; fi
        done
        { echo '# planted' >lib/initrunner/new; mv lib/initrunner lib/moved; mv bin moved; } 2>/dev/null
        ls
        """;
    Files.writeString(directory.resolve("own/attempts.sh"), attempts);
    Result result =
        run(Map.of(), "cd own && installed/bin/initrunner exec role.yaml -- sh attempts.sh");
    assertThat(result.stdout()).as(result.stderr()).isEqualTo("bin\nlib\n");
    assertThat(directory.resolve("own/installed/lib/initrunner/new")).doesNotExist();

    // Proves that the test can fail.
    assertThat(run(Map.of(), "cd own && sh attempts.sh; rm -r ../own").stdout())
        .contains("bin/initrunner\n", "lib/initrunner/installed\n");
  }
}
