package initrunner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where the Maven of the build comes from: `dev/maven.sh` and the wrapper are real, the repository
/// is a server on loopback, and its Maven is a small script. There is no `unzip`, as on a new
/// Debian.
class MavenWrapperTest {

  private static final String PROGRAMS =
      "sh uname dirname basename tr printf mkdir mktemp rm mv tar gzip sha256sum curl sed head grep"
          + " cat";

  @TempDir private Path directory;
  private HttpServer repository;
  private Path archive = Path.of("");

  private record Result(int status, String stdout, String stderr) {}

  @BeforeEach
  void makeACheckoutAndARepository() throws Exception {
    for (String file : List.of("mvnw", "dev/maven.sh", ".mvn/wrapper/maven-wrapper.properties")) {
      Files.createDirectories(directory.resolve("tree").resolve(file).getParent());
      Files.copy(Path.of(file), directory.resolve("tree").resolve(file));
    }
    executable("tree/mvnw", Files.readString(Path.of("mvnw")));
    String properties = properties();
    String name = properties.replaceFirst("(?s).*/(apache-maven-[0-9.]+)-bin.*", "$1");
    executable("maven/" + name + "/bin/mvn", "#!/bin/sh\necho \"fetched $*\"\n");
    Files.createDirectories(directory.resolve("bin"));
    archive = directory.resolve("maven.tar.gz");
    assertThat(
            run(Map.of("PATH", System.getenv("PATH")), "tar -czf maven.tar.gz -C maven .").status())
        .isZero();
    for (String program : PROGRAMS.split(" ")) {
      run(
          Map.of("PATH", System.getenv("PATH")),
          "ln -s \"$(command -v %1$s)\" bin/%1$s || true".formatted(program));
    }
    pin(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes())));
    repository = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    repository.createContext(
        "/repository/org/apache/maven/",
        exchange -> {
          boolean isArchive = exchange.getRequestURI().getPath().endsWith(name + "-bin.tar.gz");
          exchange.sendResponseHeaders(isArchive ? 200 : 404, isArchive ? bytes().length : -1);
          if (isArchive) {
            exchange.getResponseBody().write(bytes());
          }
          exchange.close();
        });
    repository.start();
  }

  @AfterEach
  void stop() {
    repository.stop(0);
  }

  private byte[] bytes() throws IOException {
    return Files.readAllBytes(archive);
  }

  private String properties() throws IOException {
    return Files.readString(Path.of(".mvn/wrapper/maven-wrapper.properties"));
  }

  private void pin(String sum) throws IOException {
    Files.writeString(
        directory.resolve("tree/.mvn/wrapper/maven-wrapper.properties"),
        properties().replaceFirst("(distributionTarGzSha256Sum)=.*", "$1=" + sum));
  }

  private void executable(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Result run(Map<String, String> more, String script) throws Exception {
    Path stderr = Files.createTempFile(directory, "stderr", "");
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", "-c", script)
            .directory(directory.toFile())
            .redirectError(stderr.toFile());
    builder.environment().clear();
    builder
        .environment()
        .putAll(Map.of("PATH", directory.resolve("bin").toString(), "HOME", directory.toString()));
    builder.environment().putAll(more);
    Process process = builder.start();
    process.getOutputStream().close();
    String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), stdout, Files.readString(stderr));
  }

  private Result build(Map<String, String> more) throws Exception {
    return run(
        more,
        "root=$PWD/tree java=/no/jdk/bin/java failed=125; . \"$root/dev/maven.sh\";"
            + " require_maven log && \"$maven\" build");
  }

  private String mirror() {
    return "http://127.0.0.1:" + repository.getAddress().getPort() + "/repository";
  }

  @Test
  void withoutMavenTheOneThatTheTreeNamesIsFetchedOnce() throws Exception {
    Map<String, String> mirror = Map.of("MVNW_REPOURL", mirror());
    assertThat(build(mirror)).isEqualTo(new Result(0, "fetched build\n", ""));
    repository.stop(0);
    assertThat(build(mirror)).isEqualTo(new Result(0, "fetched build\n", ""));
  }

  @Test
  void aMavenOnPathIsTakenWhereItIsNewEnough() throws Exception {
    installed("3.8.7");
    assertThat(build(Map.of()).stdout()).isEqualTo("installed build\n");
    installed("3.6.1");
    assertThat(build(Map.of("MVNW_REPOURL", mirror())).stdout()).isEqualTo("fetched build\n");
    String each =
        ". tree/dev/maven.sh; for version in 3.6.3 3.6.4 3.10.0 4.0.0 10.1 3.6.2 3.6 3.5.4 3.0 2.2.1 x"
            + " ''; do is_new_enough \"$version\" && printf '%s ' \"$version\"; done";
    assertThat(run(Map.of(), each).stdout()).isEqualTo("3.6.3 3.6.4 3.10.0 4.0.0 10.1 ");
  }

  private void installed(String version) throws IOException {
    executable(
        "bin/mvn",
        """
        #!/bin/sh
        if [ "$1" = -v ]; then echo 'Apache Maven %s (abc)'; else echo "installed $*"; fi
        """
            .formatted(version));
  }

  @Test
  void whatIsNotTheMavenOfTheTreeIsNotRun() throws Exception {
    pin("0".repeat(64));
    Result result = build(Map.of("MVNW_REPOURL", mirror()));
    assertThat(result.status()).isEqualTo(125);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr())
        .hasLineCount(1)
        .contains("what came from 127.0.0.1:", "SHA-256 is another one");
  }

  @Test
  void withoutANetworkOneLineSaysWhatToDo() throws Exception {
    repository.stop(0);
    String secret = mirror().replace("http://", "http://user:secret@");
    Result direct = build(Map.of("MVNW_REPOURL", secret));
    assertThat(direct.status()).isEqualTo(125);
    assertThat(direct.stderr())
        .hasLineCount(1)
        .contains("fetched from 127.0.0.1:", "try again with a network", "MVNW_REPOURL", "log")
        .doesNotContain("secret");
    Result proxied =
        build(Map.of("MVNW_REPOURL", secret, "https_proxy", "http://user:secret@localhost:9"));
    assertThat(proxied.stderr())
        .hasLineCount(1)
        .contains("through the proxy localhost:9 of https_proxy")
        .doesNotContain("secret");
  }
}
