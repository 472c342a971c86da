package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import initrunner.role.FaultCases.Case;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an editor knows about roles, and which faults it finds.
class RoleSchemaTest {

  /// Faults that a schema cannot see: rules about several fields, keys that are written twice, and
  /// those of texts that no regular expression says.
  private static final List<String> BEYOND_A_SCHEMA =
      List.of(
          "is written twice",
          "needs allowed_topics_prompt",
          "needs llm_classifier_enabled",
          "holds a user or password",
          "is no regular expression",
          "is for ",
          "is no http address",
          "is more than the name of one program",
          "is a host system path",
          "begins with ~",
          "is a duplicate target",
          "sandbox.ssh is unset",
          "is not supported by backend ssh",
          "is not meaningful with backend ssh",
          "is not unique",
          "is the name of a function of another tool",
          "would replace a variable of a shell or an interpreter",
          "is more than one program",
          "is not allowed, got",
          "begins with ",
          "holds a blank",
          "has a {{variable}}",
          "does not exist",
          "is not a file",
          "is no directory",
          "holds the whole home directory",
          "without remote_cwd",
          "is a whole home directory",
          "is not absolute",
          "is the working directory /work",
          "is the role's own directory /role",
          "is a system directory of the host",
          "is not below remote_cwd",
          "must not leave this machine",
          "cannot be copied",
          "names a sandbox, and ",
          "is there twice",
          "has other parameters than in sandbox",
          "names no sandbox",
          "is in several sandboxes",
          "transfer has ",
          "transfer moves files between",
          "ports looks at ports",
          "and local_root, the directory of this machine for such files, is not written",
          "is what run_on calls every sandbox",
          "has no default",
          "is no name; default is no sandbox",
          "is text, and only default is",
          "stands beside sandboxes",
          "meets a directory of sandbox",
          "has an empty",
          "names no argument of this tool",
          "names a part of an argument that has no parts",
          "is no path in its plain form",
          "is no OpenSSH time",
          "is empty, allowed is at least one script",
          "has no value",
          "is out of range",
          "holds a NUL character",
          "holds a line break",
          "has a query or a fragment");

  private final SchemaOfRoles schema = SchemaOfRoles.made();

  @TempDir private Path directory;

  @Test
  void isASchema() {
    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"))
                .validate(schema.tree()))
        .isEmpty();
  }

  @Test
  void saysWhatEachFieldIsForAndItsDefault() {
    JsonNode timeout = schema.tree().at("/$defs/tool-shell/properties/timeout_seconds");

    assertThat(timeout.path("description").textValue()).isEqualTo("Longest time of one call.");
    assertThat(timeout.path("default").intValue()).isEqualTo(30);
    assertThat(timeout.path("minimum").intValue()).isEqualTo(1);
    assertThat(schema.tree().at("/$defs/security/properties/sandbox/properties/backend"))
        .hasToString(
            """
            {"description":"Where and how tools run.",\
            "enum":["auto","bwrap","docker","ssh","none"],"default":"none"}\
            """);
  }

  @Test
  void hasTheDefaultsOfTextsListsAndWhatMayBeNull() {
    JsonNode sandbox = schema.tree().at("/$defs/security/properties/sandbox/properties");

    assertThat(sandbox.at("/memory_limit"))
        .hasToString(
            """
            {"description":"Most memory of one call: digits, and b, k, m or g after them; 6m to 1048576g, and any size over plain ssh, where it has no effect.","type":"string",\
            "pattern":"^(?:[0-9]{1,15}[bkmgBKMG]?)$","default":"256m"}\
            """);
    assertThat(sandbox.at("/file_size_limit/type")).hasToString("[\"string\",\"null\"]");
    assertThat(sandbox.at("/file_size_limit").has("default")).isFalse();
    assertThat(sandbox.at("/process_limit/type")).hasToString("[\"integer\",\"string\",\"null\"]");
    assertThat(sandbox.at("/read_only_rootfs/default")).hasToString("true");
    assertThat(sandbox.at("/docker/properties/extra_args/default")).hasToString("[]");
    assertThat(sandbox.at("/allowed_read_paths/items/allOf")).hasSize(2);
    assertThat(schema.tree().at("/$defs/tool-shell/required")).hasToString("[\"type\"]");
    assertThat(schema.tree().at("/$defs/model").has("required")).isFalse();
  }

  @Test
  void knowsEveryKeyOfBothForms() {
    String text = schema.tree().toString();

    for (RoleForm form : List.of(RoleForm.envelope(), RoleForm.flat())) {
      assertThat(form.places().keySet()).allMatch(key -> text.contains("\"" + key + "\":"));
    }
  }

  @Test
  void theSmallestUsefulRoleIsValid() throws URISyntaxException {
    Path file =
        Path.of(
            Objects.requireNonNull(RoleSchemaTest.class.getResource("quick-start.yaml")).toURI());

    assertThat(schema.faultsOf(file)).isEmpty();
  }

  private static boolean isBeyondASchema(String fault) {
    return BEYOND_A_SCHEMA.stream().anyMatch(fault::contains);
  }

  @Test
  void aRoleWithAFaultIsInvalidUnlessNoSchemaCanSayIt() throws IOException {
    Path file = directory.resolve("role.yaml");
    for (String topic : FaultCases.TOPICS) {
      for (Case each : FaultCases.of(topic)) {
        if (!each.faults().stream().allMatch(RoleSchemaTest::isBeyondASchema)) {
          Files.writeString(file, Snippet.at(each.place()).roleWith(each.lines()));

          assertThat(schema.faultsOf(file)).as(each.toString()).isNotEmpty();
        }
      }
    }
  }

  @Test
  void aFlatRoleWithAFaultIsInvalid() throws IOException {
    for (String role :
        List.of(
            "name: a",
            "prompt: b",
            "{name: a, prompt: b, promt: c}",
            "{name: a, prompt: b, tools: [shel]}",
            "{name: a, prompt: b, tools: [script]}",
            "{name: a, prompt: b, tools: [{shell: {}, python: {}}]}",
            "{name: a, prompt: b, tools: [{shell: {timeout_seconds: 0}}]}",
            "{name: a, prompt: b, tools: [{type: shell, timeout: 1}]}",
            "{name: a, prompt: b, model: 5}",
            "{apiVersion: initrunner/v1, name: a, prompt: b}")) {
      Path file = Files.writeString(directory.resolve("role.yaml"), role);

      assertThat(schema.faultsOf(file)).as(role).isNotEmpty();
    }
  }
}
