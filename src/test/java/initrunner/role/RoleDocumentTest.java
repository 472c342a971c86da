package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `docs/roles.md` and the declarations say the same.
class RoleDocumentTest {

  private static final Path DOCUMENT = Path.of("docs/roles.md");

  @TempDir private Path directory;

  @Test
  void everyKeyIsDescribed() throws IOException {
    String text = Files.readString(DOCUMENT);

    assertThat(keys())
        .hasSizeGreaterThan(40)
        .filteredOn(key -> !text.contains("`" + key + "`") && !text.contains(key + ":"))
        .isEmpty();
  }

  private static Set<String> keys() {
    return Stream.of(RoleForm.envelope(), RoleForm.flat())
        .flatMap(form -> form.places().keySet().stream())
        .collect(Collectors.toSet());
  }

  @Test
  void itsRoleLoads() throws IOException {
    String text = Files.readString(DOCUMENT);
    int begin = text.indexOf("apiVersion:");
    String role = text.substring(begin, text.indexOf("```", begin));
    Path file = Files.writeString(directory.resolve("role.yaml"), role);

    assertThat(RoleLoader.load(file).tools()).hasSize(1);
  }
}
