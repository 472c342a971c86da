package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `dev/install`, with a `dev/package` that lays out a small program in place of the real one.
class InstallTest {

  private static final String PACKAGE =
      """
      #!/bin/sh
      tree=$2 build=app.$(cat build)
      rm -rf "$tree"
      mkdir -p "$tree/bin" "$tree/lib/initrunner/$build/runtime/bin" "$tree/share/doc/initrunner" \\
        "$tree/share/man/man1" && cp initrunner "$tree/bin/" || exit 1
      echo "$build" >"$tree/lib/initrunner/installed"
      echo page >"$tree/share/man/man1/initrunner.1"
      echo text >"$tree/share/doc/initrunner/copyright"
      : >"$tree/lib/initrunner/$build/initrunner.jar"
      printf '#!/bin/sh\\necho begun\\ncat\\necho "this is %s"\\n' "$build" >"$tree/lib/initrunner/$build/runtime/bin/java"
      chmod 755 "$tree/lib/initrunner/$build/runtime/bin/java"
      """;

  @TempDir private Path directory;
  private Path prefix = Path.of("");

  private record Result(int status, String stdout, String stderr) {}

  @BeforeEach
  void makeACheckout() throws IOException {
    prefix = directory.resolve("a prefix");
    executable("checkout/dev/install", Files.readString(Path.of("dev/install")));
    executable("checkout/dev/package", PACKAGE);
    executable("checkout/initrunner", Files.readString(Path.of("initrunner")));
    build("1");
  }

  private void build(String number) throws IOException {
    Files.writeString(directory.resolve("checkout/build"), number);
  }

  private void executable(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Result run(String... command) throws Exception {
    Path stderr = Files.createTempFile(directory, "stderr", "");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectError(stderr.toFile());
    builder.environment().put("HOME", directory.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), stdout, Files.readString(stderr));
  }

  private Result install(String... more) throws Exception {
    return run(
        Stream.concat(Stream.of("checkout/dev/install", "--prefix", "a prefix"), Stream.of(more))
            .toArray(String[]::new));
  }

  private Result program() throws Exception {
    return run(prefix.resolve("bin/initrunner").toString(), "x");
  }

  @Test
  void whatIsInstalledRunsWithoutTheCheckoutAndIsTakenAwayWhole() throws Exception {
    Result installed = install();
    assertThat(installed.status()).as(installed.stderr()).isZero();
    assertThat(installed.stderr())
        .contains(
            "installed " + prefix + "/bin/initrunner", "bin is not on PATH; add to ~/.profile");
    Files.move(directory.resolve("checkout"), directory.resolve("moved"));
    assertThat(program().stdout()).isEqualTo("begun\nthis is app.1\n");
    Files.move(directory.resolve("moved"), directory.resolve("checkout"));

    Files.writeString(prefix.resolve("bin/other"), "");
    Result removed = install("--uninstall");
    assertThat(removed.stderr()).contains("roles, records and keys stay");
    try (Stream<Path> left = Files.walk(prefix)) {
      assertThat(left.filter(Files::isRegularFile)).containsExactly(prefix.resolve("bin/other"));
    }
    assertThat(prefix.resolve("lib/initrunner")).doesNotExist();
    assertThat(install("--uninstall").status()).isEqualTo(1);
  }

  @Test
  void aNewerBuildTakesThePlaceOfAllButWhatRuns() throws Exception {
    install();
    Process running =
        new ProcessBuilder(prefix.resolve("bin/initrunner").toString(), "x")
            .directory(directory.toFile())
            .start();
    try {
      assertThat(running.inputReader().readLine()).isEqualTo("begun");
      build("2");
      assertThat(install().status()).isZero();
      assertThat(program().stdout()).isEqualTo("begun\nthis is app.2\n");
      assertThat(prefix.resolve("lib/initrunner/app.1")).exists();
    } finally {
      running.getOutputStream().close();
      running.waitFor();
    }
    build("3");
    install();
    try (Stream<Path> builds = Files.list(prefix.resolve("lib/initrunner"))) {
      assertThat(builds.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("app.3", "installed", "files");
    }
  }

  @Test
  void aLinkToACheckoutIsReplacedAndAnotherProgramIsNot() throws Exception {
    Files.createDirectories(prefix.resolve("bin"));
    Path link = prefix.resolve("bin/initrunner");
    Files.createSymbolicLink(link, directory.resolve("checkout/initrunner"));
    assertThat(install().status()).isZero();
    assertThat(link).isRegularFile().matches(path -> !Files.isSymbolicLink(path));
    assertThat(directory.resolve("checkout/initrunner")).content().contains("Runs InitRunner:");

    Files.writeString(link, "#!/bin/sh\necho another\n");
    Result refused = install();
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.stderr()).contains("bin/initrunner is another program");
    assertThat(link).content().contains("another");
  }

  @Test
  void wrongArgumentsAndPlacesAreRefused() throws Exception {
    assertThat(install("--prefx").status()).isEqualTo(2);
    assertThat(run("checkout/dev/install", "--prefix").status()).isEqualTo(2);
    Files.writeString(directory.resolve("file"), "");
    Result refused = run("checkout/dev/install", "--prefix=file");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.stderr()).contains("cannot be written to; name another directory");
  }

  @Test
  void anotherOneBeforeItOnPathIsNamed() throws Exception {
    executable("other/initrunner", "#!/bin/sh\n");
    String call =
        "PATH=\"$PWD/other:$PWD/a prefix/bin:$PATH\" checkout/dev/install --prefix 'a prefix'";
    assertThat(run("sh", "-c", call).stderr())
        .contains("PATH has another one before it: " + directory.resolve("other/initrunner"))
        .doesNotContain("not on PATH");
    List<String> again =
        List.of(
            "sh",
            "-c",
            "PATH=\"$PWD/a prefix/bin:$PATH\" exec checkout/dev/install --prefix 'a prefix'");
    assertThat(run(again.toArray(String[]::new)).stderr()).hasLineCount(1);
  }
}
