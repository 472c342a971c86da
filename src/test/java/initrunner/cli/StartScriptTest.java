package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The start script, in a checkout whose path holds a space. Its JDK and Maven are small scripts
/// that print their arguments; all else is real.
class StartScriptTest {

  private static final String JAVA =
      """
      #!/bin/sh
      for last; do :; done
      case " $* " in
        *initrunner.cli.StartupTraining* | *PrepareClasses.java*) exit ;;
        *" say-pid "*) echo $$ ;;
        *" read-input "*) cat ;;
        *" end-with "*) exit "$last" ;;
        *" die "*) kill -KILL $$ ;;
        *" show-stream "*) stream=$(readlink "/proc/$$/fd/$last"); echo "$stream" >stream ;;
        *" show-locale "*) printf '%s' "${LC_ALL-}|${LC_CTYPE-}" ;;
        *" show-class-path "*) while [ "$1" != -cp ]; do shift; done; printf '%s' "$2" ;;
        *) while [ "$1" != initrunner.cli.Main ]; do shift; done; shift
           for argument; do printf '<%s>' "$argument"; done ;;
      esac
      """;

  private static final String MAVEN =
      """
      #!/bin/sh
      [ "$1" != -v ] || { echo "Apache Maven ${MAVEN_VERSION-3.9.11} (1)"; exit; }
      echo building >>mvn.calls
      cat
      if [ -e hold ]; then until [ -e go-on ]; do sleep 0.02; done; fi
      if [ -e unreachable ]; then cat unreachable; exit 1; fi
      if [ -e broken ]; then
        echo '[ERROR] Broken.java:[1,2] cannot find symbol'
        echo '[ERROR] -> [Help 1]'
        exit 1
      fi
      mkdir -p target/launch/build/lib
      echo jar >target/launch/build/initrunner.jar
      echo jar >target/launch/build/lib/library.jar
      """;

  private static final List<String> PROGRAMS =
      List.of(
          "sh",
          "find",
          "dirname",
          "readlink",
          "sed",
          "head",
          "tail",
          "grep",
          "mkdir",
          "mktemp",
          "chmod",
          "mv",
          "rm",
          "ln",
          "cp",
          "cat",
          "ps",
          "sleep");

  @TempDir private Path directory;
  private Path checkout = Path.of("");
  private Path jdk = Path.of("");
  private Path programs = Path.of("");

  private record Result(int status, String stdout, String stderr) {}

  @BeforeEach
  void makeACheckout() throws IOException {
    checkout = Files.createDirectories(directory.resolve("a checkout"));
    programs = Files.createDirectories(directory.resolve("bin"));
    jdk = directory.resolve("a jdk");
    Path project = Path.of("").toAbsolutePath();
    Files.copy(project.resolve("initrunner"), checkout.resolve("initrunner"));
    String search = Files.readString(project.resolve("dev/jdk.sh"));
    write(
        checkout.resolve("dev/jdk.sh"),
        search.replace("/usr/lib/jvm/* ", "'" + directory.resolve("jvm") + "'/* "));
    for (String file : List.of("dev/maven.sh", "dev/build.sh", "mvnw")) {
      Files.copy(project.resolve(file), checkout.resolve(file));
    }
    write(checkout.resolve("pom.xml"), "<project/>");
    write(checkout.resolve("src/main/java/One.java"), "class One {}");
    write(checkout.resolve("src/main/java/Two.java"), "class Two {}");
    makeJdk("25.0.1");
    executable(programs.resolve("mvn"), MAVEN);
  }

  private void makeJdk(String version) throws IOException {
    write(
        jdk.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\nA=\"\"\n");
    executable(jdk.resolve("bin/java"), JAVA);
    executable(jdk.resolve("bin/javac"), "#!/bin/sh\n");
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static void executable(Path file, String text) throws IOException {
    write(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private ProcessBuilder script(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "JAVA_HOME", jdk.toString(),
                "HOME", directory.toString(),
                "PATH", programs + ":" + System.getenv("PATH")));
    return builder;
  }

  private Result run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(checkout.resolve("initrunner").toString()));
    command.addAll(List.of(arguments));
    return run(script(command), "");
  }

  private Result run(ProcessBuilder builder, String input)
      throws IOException, InterruptedException {
    Path stderr = Files.createTempFile(directory, "stderr", "");
    Process process = builder.redirectError(stderr.toFile()).start();
    process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), stdout, Files.readString(stderr));
  }

  private long builds() throws IOException {
    Path calls = checkout.resolve("mvn.calls");
    return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "ksh"})
  void theFirstCallBuildsAndTheNextOnesDoNot(String shell) throws Exception {
    String script = checkout.resolve("initrunner").toString();
    Result first = run(script(List.of(shell, script, "x")), "");
    assertThat(first.stdout()).isEqualTo("<x>");
    assertThat(first.stderr()).startsWith("initrunner: building").hasLineCount(1);
    Result second = run(script(List.of(shell, script, "y")), "");
    assertThat(second).isEqualTo(new Result(0, "<y>", ""));
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void execHasNoMoreLibrariesThanItsJarNames() throws Exception {
    assertThat(run("exec", "show-class-path").stdout()).endsWith("/initrunner.jar");
    assertThat(run("exec", "show-class-path", "--", "-t").stdout()).endsWith("/initrunner.jar");
    for (String terminal : List.of("-t", "--tty")) {
      assertThat(run("exec", "show-class-path", terminal, "--", "x").stdout())
          .matches(".*/initrunner.jar:.*/lib/library.jar");
    }
    assertThat(run("run", "show-class-path").stdout())
        .matches(".*/initrunner.jar:.*/lib/library.jar");
  }

  @Test
  void aChangedSourceIsBuilt() throws Exception {
    run();
    Files.setLastModifiedTime(
        checkout.resolve("src/main/java/One.java"),
        FileTime.from(Instant.now().plus(Duration.ofMinutes(1))));
    run();
    assertThat(builds()).isEqualTo(2);
  }

  /// A JVM does not compare a jar with the start cache that was made with it.
  @Test
  void eachBuildHasLibrariesOfItsOwnThatTheNextOneDoesNotTouch() throws Exception {
    run();
    Path first = builtDirectories().getFirst();
    FileTime made = Files.getLastModifiedTime(first.resolve("lib/library.jar"));
    write(checkout.resolve("pom.xml"), "<project />");
    Files.setLastModifiedTime(
        checkout.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(60)));
    run();
    assertThat(builtDirectories()).hasSize(2).contains(first);
    for (Path build : builtDirectories()) {
      assertThat(build.resolve("lib").toRealPath()).isEqualTo(build.toRealPath().resolve("lib"));
      assertThat(build.resolve("lib/library.jar")).hasContent("jar");
    }
    assertThat(Files.getLastModifiedTime(first.resolve("lib/library.jar"))).isEqualTo(made);
    assertThat(checkout.resolve("target/launch/build/lib")).doesNotExist();
  }

  private List<Path> builtDirectories() throws IOException {
    try (Stream<Path> files = Files.list(checkout.resolve("target/launch"))) {
      return files.filter(file -> file.getFileName().toString().startsWith("app.")).toList();
    }
  }

  @Test
  void aRemovedSourceIsBuiltWithoutIt() throws Exception {
    run();
    Path sources = checkout.resolve("src/main/java");
    Files.delete(sources.resolve("Two.java"));
    Files.setLastModifiedTime(sources, FileTime.from(Instant.now().plusSeconds(60)));
    run();
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void anUpgradedJdkIsBuiltForAgain() throws Exception {
    run();
    makeJdk("25.0.2");
    run();
    run();
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void aFailedBuildShowsItsCauseAndRunsNothing() throws Exception {
    write(checkout.resolve("broken"), "");
    Result result = run("x");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr())
        .contains("the build failed", "Broken.java:[1,2] cannot find symbol", "build.log")
        .doesNotContain("Help 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[ERROR] Unknown host repo.example: Name or service not known -> [Help 1]",
        "[ERROR] Plugin a:b:1 or one of its dependencies could not be resolved: Could not transfer"
            + " artifact a:b:pom:1 from/to central (https://repo.example): Connection refused",
        "[ERROR] Plugin a:b:1: Cannot access central (https://repo.example) in offline mode and the"
            + " artifact a:b:pom:1 has not been downloaded from it before. -> [Help 1]",
      })
  void aBuildThatLacksTheNetworkSaysSoInOneLine(String line) throws Exception {
    write(checkout.resolve("unreachable"), line + "\n[ERROR] more\n[ERROR] and more\n");
    Result result = run("x");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.stderr())
        .hasLineCount(2)
        .containsPattern("Maven cannot reach (https://)?repo.example, .*network.*build.log");
  }

  @Test
  void aCheckoutThatCannotBeWrittenToSaysWhatToDoInOneLine() throws Exception {
    String call =
        "bwrap --dev-bind / / --ro-bind '%1$s' '%1$s' '%1$s'/initrunner exec x".formatted(checkout);
    ProcessBuilder builder = script(List.of("sh", "-c", call));
    Result unbuilt = run(builder, "");
    assertThat(unbuilt.status()).isEqualTo(125);
    assertThat(unbuilt.stderr())
        .hasLineCount(1)
        .startsWith("initrunner: " + checkout + " has to be built, and target/launch cannot be");
    run();
    assertThat(run(builder, "")).isEqualTo(new Result(0, "<exec><x>", ""));
    makeJdk("25.0.2");
    assertThat(run(builder, "")).isEqualTo(new Result(0, "<exec><x>", ""));
  }

  @Test
  void whatKeepsExecFromStartingHasItsOwnStatus() throws Exception {
    write(checkout.resolve("broken"), "");
    assertThat(run("exec", "x").status()).isEqualTo(125);
    makeJdk("17.0.1");
    Files.delete(jdk.resolve("bin/javac"));
    Result withoutJdk = run("exec", "x");
    assertThat(withoutJdk.stderr()).contains("no JDK 25");
    assertThat(withoutJdk.status()).isEqualTo(125);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "ksh"})
  void aDirectoryThatHasBeenRemovedIsNamedInOneLine(String shell) throws Exception {
    String call =
        "mkdir gone && cd gone && rmdir ../gone && exec %s '%s' exec x"
            .formatted(shell, checkout.resolve("initrunner"));
    run();
    Result result = run(script(List.of("sh", "-c", call)), "");
    assertThat(result.stderr())
        .endsWith("initrunner: the current directory has been removed; change to another one\n");
    assertThat(result.stdout()).isEmpty();
    assertThat(result.status()).isEqualTo(125);
  }

  @Test
  void itIsFoundThroughSymbolicLinksFromAnywhere() throws Exception {
    Path links = Files.createDirectories(directory.resolve("links"));
    Files.createSymbolicLink(links.resolve("one"), Path.of("../a checkout/initrunner"));
    Files.createSymbolicLink(links.resolve("two"), links.resolve("one"));
    ProcessBuilder builder = script(List.of("../links/two", "x")).directory(programs.toFile());
    assertThat(run(builder, "").stdout()).isEqualTo("<x>");
  }

  @Test
  void aLinkThatCannotBeFollowedNamesTheProgramThatIsMissing() throws Exception {
    Path link = directory.resolve("link");
    Files.createSymbolicLink(link, checkout.resolve("initrunner"));
    ProcessBuilder builder = script(List.of(link.toString(), "exec", "x"));
    builder.environment().put("PATH", "/nothing");
    Result result = run(builder, "");
    assertThat(result.stderr()).contains("initrunner: readlink has to be on PATH", "/nothing");
    assertThat(result.status()).isEqualTo(125);
  }

  @Test
  void itIsFoundOnThePath() throws Exception {
    ProcessBuilder builder = script(List.of("sh", "-c", "initrunner x"));
    builder.environment().merge("PATH", checkout.toString(), (path, own) -> own + ":" + path);
    assertThat(run(builder, "").stdout()).isEqualTo("<x>");
  }

  @Test
  void argumentsArriveAsTheyWereGiven() throws Exception {
    assertThat(run("a b", "", "*", "$HOME", "\"'\\", "--", "-x", "line\nline").stdout())
        .isEqualTo("<a b><><*><$HOME><\"'\\><--><-x><line\nline>");
  }

  /// As cron, systemd and containers start it.
  @ParameterizedTest
  @CsvSource({
    "X=, gr\\303\\274n, |C.UTF-8",
    "X=, green, |",
    "LANG=POSIX, gr\\303\\274n, |C.UTF-8",
    "LC_ALL=C, gr\\303\\274n, C.UTF-8|C.UTF-8",
    "LANG=xx_XX.ISO-8859-1, gr\\303\\274n, |",
    "LC_ALL=xx_XX.UTF-8, gr\\303\\274n, xx_XX.UTF-8|",
  })
  void wordsAndDirectoriesAreUtf8WhereNoLocaleIsNamed(String variable, String word, String locale)
      throws Exception {
    run();
    for (String call : List.of("'%s' \"$word\" show-locale", "cd \"$word\"; '%s' show-locale")) {
      String script =
          "export %s; word=$(printf '%s'); mkdir -p \"$word\"; ".formatted(variable, word)
              + call.formatted(checkout.resolve("initrunner"));
      Result result = run(script(List.of("sh", "-c", script)), "");
      assertThat(result).isEqualTo(new Result(0, locale, ""));
    }
  }

  @Test
  void standardInputIsTheProgramsAndNotTheBuilds() throws Exception {
    ProcessBuilder builder =
        script(List.of(checkout.resolve("initrunner").toString(), "read-input"));
    assertThat(run(builder, "typed").stdout()).isEqualTo("typed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "ksh"})
  void aClosedStandardInputIsAnEmptyOne(String shell) throws Exception {
    String call = "exec %s '%s' read-input <&-".formatted(shell, checkout.resolve("initrunner"));
    run();
    assertThat(run(script(List.of("sh", "-c", call)), "")).isEqualTo(new Result(0, "", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 <&-", "1 >&-", "2 2>&-"})
  void noFileThatTheProgramOpensTakesThePlaceOfAClosedStream(String closed) throws Exception {
    String call = "exec '%s' show-stream %s".formatted(checkout.resolve("initrunner"), closed);
    run();
    run(script(List.of("sh", "-c", call)), "");
    assertThat(directory.resolve("stream")).hasContent("/dev/null");
  }

  @Test
  void theExitStatusIsTheProgramsOwn() throws Exception {
    assertThat(run("end-with", "77").status()).isEqualTo(77);
  }

  /// An agent makes the call about which it asks its hook, unless the status is 2.
  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "ksh"})
  void everyFailureOfAHookHasTheStatusThatDenies(String shell) throws Exception {
    String hook = "%s '%s' hook ".formatted(shell, checkout.resolve("initrunner"));
    Result unbuilt = run(script(List.of("sh", "-c", hook + "x")), "");
    assertThat(unbuilt.stderr())
        .hasLineCount(1)
        .startsWith("initrunner: it has to be built first; a person can do so: ");
    assertThat(unbuilt.status()).isEqualTo(2);
    assertThat(builds()).isZero();

    run();
    assertThat(run(script(List.of("sh", "-c", hook + "read-input")), "typed"))
        .isEqualTo(new Result(0, "typed", ""));
    for (String failing : List.of("end-with 1", "end-with 134", "die ")) {
      assertThat(run(script(List.of("sh", "-c", hook + failing + " x 3")), "").status())
          .as(failing)
          .isEqualTo(2);
    }
    String elsewhere = "mkdir gone && cd gone && rmdir ../gone && exec " + hook + "x";
    assertThat(run(script(List.of("sh", "-c", elsewhere)), "").status()).isEqualTo(2);
    Files.setPosixFilePermissions(
        jdk.resolve("bin/java"), PosixFilePermissions.fromString("rw-------"));
    assertThat(run(script(List.of("sh", "-c", hook + "x")), "").status()).isEqualTo(2);
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void anOptionInFrontOfACommandChangesNoStatus() throws Exception {
    run();
    assertThat(run("-v", "hook", "end-with", "1").status()).isEqualTo(2);
    assertThat(run("-v", "exec", "show-class-path").stdout()).endsWith("/initrunner.jar");
  }

  @Test
  void itBecomesTheJvmSoThatSignalsReachIt() throws Exception {
    Process process = script(List.of(checkout.resolve("initrunner") + "", "say-pid")).start();
    String pid = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(pid.strip()).isEqualTo(Long.toString(process.pid()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"flock", "no-flock"})
  void twoFirstCallsBuildOnce(String locking) throws Exception {
    write(checkout.resolve("hold"), "");
    ProcessBuilder builder = script(List.of(checkout.resolve("initrunner").toString(), "x"));
    if (locking.equals("no-flock")) {
      builder.environment().put("PATH", pathWithoutFlock().toString());
    }
    Path firstError = directory.resolve("first");
    Path secondError = directory.resolve("second");
    Process first = builder.redirectError(firstError.toFile()).start();
    awaitLine(checkout.resolve("mvn.calls"), "building");
    Process second = builder.redirectError(secondError.toFile()).start();
    awaitLine(secondError, "waiting for another build");
    write(checkout.resolve("go-on"), "");
    assertThat(first.waitFor()).isZero();
    assertThat(second.waitFor()).isZero();
    assertThat(second.getInputStream().readAllBytes()).asString().isEqualTo("<x>");
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void theLockOfADeadBuildIsTakenOver() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    write(checkout.resolve("target/launch/lock.d/pid"), dead.pid() + "\n");
    ProcessBuilder builder = script(List.of(checkout.resolve("initrunner").toString(), "x"));
    builder.environment().put("PATH", pathWithoutFlock().toString());
    assertThat(run(builder, "").stdout()).isEqualTo("<x>");
    assertThat(checkout.resolve("target/launch/lock.d")).doesNotExist();
  }

  /// Only the programs that the script calls today, so that the test notices a new one.
  private Path pathWithoutFlock() throws IOException {
    Path path = Files.createDirectories(directory.resolve("no-flock"));
    for (String name : PROGRAMS) {
      Files.createSymbolicLink(path.resolve(name), program(name));
    }
    Files.createSymbolicLink(path.resolve("mvn"), programs.resolve("mvn"));
    return path;
  }

  private static Path program(String name) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(place -> Path.of(place, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  private static void awaitLine(Path file, String text) throws Exception {
    while (!Files.exists(file) || !Files.readString(file).contains(text)) {
      Thread.sleep(5);
    }
  }

  @Test
  void withoutAJdkItSaysInThreeLinesWhatItLookedAtAndHowToGetOne() throws Exception {
    makeJdk("17.0.1");
    Files.delete(jdk.resolve("bin/javac"));
    Result result = run("x");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr())
        .hasLineCount(3)
        .contains("no JDK 25", "JAVA_HOME (" + jdk + " is 17, without javac)", "To get one: ");
  }

  @Test
  void aJdkBesideAnOldJavaHomeIsFound() throws Exception {
    makeJdk("25.0.1");
    Files.createDirectories(directory.resolve("jvm"));
    Files.createSymbolicLink(directory.resolve("jvm/java-25"), jdk);
    ProcessBuilder builder = script(List.of(checkout.resolve("initrunner").toString(), "x"));
    builder.environment().put("JAVA_HOME", directory.resolve("nowhere").toString());
    assertThat(run(builder, "").stdout()).isEqualTo("<x>");
    assertThat(run(builder, "").stderr()).isEmpty();
  }

  @Test
  void aCopyOfTheScriptAloneSaysThatALinkWorks() throws Exception {
    Path copy = Files.copy(checkout.resolve("initrunner"), programs.resolve("initrunner"));
    Result result = run(script(List.of(copy.toString(), "exec", "x")), "");
    assertThat(result.stderr()).hasLineCount(1).contains("works only in its checkout", "a link");
    assertThat(result.status()).isEqualTo(125);
  }

  /// Behind a proxy that Maven does not know of.
  @Test
  void aProxyThatMavenDoesNotReadIsNamedWithoutItsPassword() throws Exception {
    write(checkout.resolve("unreachable"), "[ERROR] Unknown host repo.example: x -> [Help 1]\n");
    ProcessBuilder builder = script(List.of(checkout.resolve("initrunner").toString(), "x"));
    builder.environment().put("https_proxy", "http://user:secret@proxy.example:3128/");
    Result result = run(builder, "");
    assertThat(result.stderr())
        .hasLineCount(2)
        .contains("reach repo.example, and it does not read https_proxy", " proxy.example:3128 ")
        .doesNotContain("secret");
  }
}
