package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The roles under `examples/`.
class ExampleRolesTest {

  private static final Path DIRECTORY = Path.of("examples");

  static List<Path> roles() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @Test
  void theyAreAllInTheList() throws IOException {
    String list = Files.readString(DIRECTORY.resolve("README.md"));

    assertThat(roles())
        .hasSizeGreaterThanOrEqualTo(4)
        .allMatch(file -> list.contains("[" + file.getFileName() + "]"));
  }

  @ParameterizedTest
  @MethodSource("roles")
  void loadsAndIsValidByTheSchema(Path file) {
    Role role = SchemaOfRoles.load(file);

    assertThat(role.metadata().name() + ".yaml").isEqualTo(file.getFileName().toString());
    assertThat(role.metadata().description()).isNotBlank();
    assertThat(role.tools()).isNotEmpty();
  }
}
