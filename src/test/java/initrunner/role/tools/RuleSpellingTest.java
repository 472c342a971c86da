package initrunner.role.tools;

import static org.assertj.core.api.Assertions.assertThat;

import initrunner.role.Role;
import initrunner.role.RoleLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A rule that would match nothing is a fault.
class RuleSpellingTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "command=rm *",
        "command = rm *",
        "command= rm *",
        "command =rm *",
        "  command=rm *  ",
        " command  =  rm * "
      })
  void blanksAtTheEndsAndAroundTheEqualsSignCountForNothing(String rule) throws IOException {
    assertThat(load("shell", rule).tools().getFirst().permissions().deny())
        .containsExactly(new Permissions.Rule(Optional.of("command"), "rm *"));
  }

  @ParameterizedTest
  @ValueSource(strings = {" secrets/* ", "secrets/*"})
  void blanksAtTheEndsOfAGlobForEveryArgumentCountForNothing(String rule) throws IOException {
    assertThat(load("git", rule).tools().getFirst().permissions().deny())
        .containsExactly(new Permissions.Rule(Optional.empty(), "secrets/*"));
  }

  private Role load(String tool, String rule) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata: {name: ab}
            spec:
              role: x
              tools:
                - type: %s
                  permissions:
                    deny:
                      - '%s'
            """
                .formatted(tool, rule.replace("'", "''")));
    return RoleLoader.load(file);
  }
}
