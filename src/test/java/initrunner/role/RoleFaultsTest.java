package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.Golden;
import initrunner.schema.ConfigException;
import initrunner.schema.ConfigFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every rule of the role format, and the fault of a role that breaks it.
class RoleFaultsTest {

  @TempDir private Path directory;

  private static Stream<String> topics() {
    return Stream.concat(
        FaultCases.TOPICS.stream(),
        Stream.of("permission-rules", "transfer", "ports", "flat", "yaml"));
  }

  @ParameterizedTest
  @MethodSource("topics")
  void everyFaultIsReportedWhereItStands(String topic) throws IOException {
    StringBuilder found = new StringBuilder();
    for (FaultCases.Case each : FaultCases.of(topic)) {
      found.append(
          new FaultCases.Case(each.place(), each.lines(), faults(each.place(), each.lines())));
    }
    Golden.compare(FaultCases.file(topic), found.toString());
  }

  @Test
  void everyGoldenFileIsATopicAndHasCasesWithFaults() throws IOException {
    try (Stream<Path> files = Files.list(FaultCases.DIRECTORY)) {
      assertThat(files)
          .containsExactlyInAnyOrderElementsOf(topics().map(FaultCases::file).toList());
    }
    for (String topic : topics().toList()) {
      assertThat(FaultCases.of(topic))
          .as(topic)
          .isNotEmpty()
          .allSatisfy(each -> assertThat(each.faults()).isNotEmpty());
    }
  }

  private List<String> faults(String place, String lines) throws IOException {
    Snippet snippet = Snippet.at(place);
    Path file = Files.writeString(directory.resolve("role.yaml"), snippet.roleWith(lines));
    return refused(file).faults().stream().map(snippet::relative).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "path=.",
        "path=/",
        "path=../a",
        "path=*/../*",
        "path=.env",
        "path=a..b",
        "*://*",
        "*/"
      })
  void aPlainPathIsNoFaultOfARule(String rule) throws IOException {
    String lines = "- type: filesystem\n  permissions: {deny: ['" + rule + "']}";
    Path file =
        Files.writeString(directory.resolve("role.yaml"), Snippet.at("tools").roleWith(lines));

    assertThat(RoleLoader.load(file).tools()).isNotEmpty();
  }

  private static ConfigException refused(Path file) {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> RoleLoader.load(file));
    assertThat(refused).as("the role loads").isNotNull();
    return refused;
  }

  private static List<String> faultsOf(Path file) {
    return refused(file).faults().stream().map(ConfigFault::toString).toList();
  }

  @Test
  void aRequiredKeyThatIsMissingIsReportedAtItsParent() throws IOException {
    Path file =
        Files.writeString(directory.resolve("role.yaml"), "metadata:\n  name: ab\nspec: {}\n");

    assertThat(faultsOf(file))
        .containsExactly(
            file
                + ":1:1: apiVersion: is missing, allowed is initrunner/v1; add apiVersion: initrunner/v1",
            file + ":1:1: kind: is missing, allowed is Agent; add kind: Agent",
            file
                + ":3:1: spec.role: is missing, allowed is text; add role: You are a build assistant.");
  }

  @Test
  void theHeadOfTheFileIsChecked() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v2
            kind: Agnt
            metadata:
              name: -x
            spec:
              role: Hello {{ name }}
            """);

    assertThat(faultsOf(file))
        .containsExactly(
            file
                + ":1:13: apiVersion: is not known, got \"initrunner/v2\", allowed is "
                + "initrunner/v1; did you mean initrunner/v1?",
            file + ":2:7: kind: is not known, got \"Agnt\", allowed is Agent; did you mean Agent?",
            file
                + ":4:9: metadata.name: has another form, got \"-x\", allowed is two or more of "
                + "a-z, 0-9 and -, with no - at either end; write for example name: build-agent",
            file
                + ":6:9: spec.role: has a {{variable}}, and variables are not available in this "
                + "version, got \"Hello {{ name }}\", allowed is text without {{ }}; write the "
                + "text itself");
  }

  @Test
  void aRoleOfSixtyFaultsHasSixtyMessagesInItsOrder() throws IOException {
    String keys = lines(20, i -> "key%d: x".formatted(i));
    String tools = lines(20, i -> "    - type: tool%d".formatted(i));
    String limits = lines(20, i -> "    limit%d: x".formatted(i));
    String role =
        Snippet.at("spec").roleWith("") + "  tools:\n" + tools + "  guardrails:\n" + limits + keys;
    Path file = Files.writeString(directory.resolve("role.yaml"), role);

    List<String> faults = faultsOf(file);

    assertThat(faults).hasSize(60);
    for (int i = 0; i < 20; i++) {
      assertThat(faults.get(i))
          .startsWith(file + ":" + (8 + i) + ":13: spec.tools[" + i + "].type: ");
      assertThat(faults.get(20 + i))
          .startsWith(file + ":" + (29 + i) + ":5: spec.guardrails.limit" + i);
      assertThat(faults.get(40 + i)).startsWith(file + ":" + (49 + i) + ":1: key" + i + ": ");
    }
  }

  private static String lines(int count, IntFunction<String> line) {
    return IntStream.range(0, count)
        .mapToObj(i -> line.apply(i) + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void anUnreadableValueIsShownCutAndWithoutWhatATerminalActsOn() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("role.yaml"),
            Snippet.at("sandbox")
                .roleWith("network: \"\\e[2J" + "x".repeat(100) + "\"\n\"\\e[1m\": 1"));

    assertThat(faultsOf(file))
        .containsExactly(
            file
                + ":9:16: spec.security.sandbox.network: is not known, got \"\\u001b[2J"
                + "x".repeat(56)
                + "…\", allowed is none, bridge, host",
            file
                + ":10:7: spec.security.sandbox.\\u001b[1m: is not a known key, allowed is backend, "
                + "network, allowed_read_paths, allowed_write_paths, memory_limit, cpu_limit, "
                + "process_limit, file_size_limit, read_only_rootfs, bind_mounts, env_passthrough, secret_env, limits, docker, ssh");
  }

  @Test
  void aFileThatTheRoleNamesMustBeThere() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("role.yaml"),
            Snippet.at("ssh").roleWith("identity_file: keys/id\nconfig_file: ~/none\n"));
    Path home = Files.createDirectory(directory.resolve("home"));
    Files.createDirectories(directory.resolve("keys/id"));

    ConfigException refused =
        catchThrowableOfType(
            ConfigException.class, () -> RoleLoader.load(file, home, Optional.empty()));

    assertThat(refused.faults())
        .extracting(ConfigFault::toString)
        .containsExactly(
            file
                + ":12:24: spec.security.sandbox.ssh.identity_file: is not a file, got \"keys/id\", "
                + "allowed is the path of a file that can be read; name a file",
            file
                + ":13:22: spec.security.sandbox.ssh.config_file: does not exist as "
                + home.resolve("none")
                + ", got \"~/none\", allowed is the path of a file that can be read; create it or "
                + "correct the path");
  }

  @Test
  void theConfigurationOfSshMayBeNone() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("role.yaml"), Snippet.at("ssh").roleWith("config_file: /dev/null\n"));
    assertThat(RoleLoader.load(file).sandbox().ssh().orElseThrow().configFile())
        .contains(Path.of("/dev/null"));
  }

  @Test
  void noNameIsObeyedByATerminalThatShowsTheFault() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("a\nb\u001b.yaml"),
            Snippet.at("ssh")
                .roleWith("identity_file: \"/none/a\\nb\"\nconfig_file: \"/none/\\e\"\n"));
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> RoleLoader.load(file));
    assertThat(refused.faults())
        .hasSize(2)
        .extracting(ConfigFault::toString)
        .allSatisfy(fault -> assertThat(fault.chars()).noneMatch(Character::isISOControl))
        .allSatisfy(fault -> assertThat(fault).contains("a\\nb\\u001b.yaml:1"));
  }

  @Test
  void anEmptyNameIsShownAsOne() {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> RoleLoader.load(Path.of("")));
    assertThat(refused).hasMessage("\"\": is no name of a file; name a role file");
  }
}
