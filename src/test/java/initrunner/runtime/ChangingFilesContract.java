package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is kept from contained commands as it is at the start of each call. Which files those are
/// is found out before any launcher is asked, so one of them is enough.
interface ChangingFilesContract extends OwnFilesContract {

  @Test
  default void theRolesDirectoryShowsItselfWithoutTheVariables() throws Exception {
    Path role = OwnFilesContract.project(Files.createTempDirectory("project"), role(""));
    try (Sandbox sandbox = openedAt(role, Map.of())) {
      assertThat(OwnFilesContract.status(sandbox, "[ -e /role/.env ] && ! grep hunter2 /role/.env"))
          .isZero();
      assertThat(
              OwnFilesContract.status(sandbox, "cmp /role/role.yaml /work/role.yaml && touch made"))
          .isZero();
    }
  }

  @Test
  default void whatAppearsLaterIsKeptFromTheNextCall() throws Exception {
    Path role = OwnFilesContract.project(Files.createTempDirectory("project"), role(""));
    Path variables = role.resolveSibling(".env");
    Files.delete(variables);
    try (Sandbox sandbox = openedAt(role, Map.of())) {
      assertThat(OwnFilesContract.status(sandbox, "! [ -e .env ] && ! [ -e /role/.env ]")).isZero();
      Files.writeString(variables, VARIABLES);
      assertThat(OwnFilesContract.status(sandbox, "[ -e .env ] && ! grep hunter2 .env /role/.env"))
          .isZero();
      Files.delete(variables);
      assertThat(OwnFilesContract.status(sandbox, "! [ -e .env ]")).isZero();
    }
  }

  @Test
  default void whereTheVariablesAreALinkWhatItLeadsToIsKept() throws Exception {
    Path role = OwnFilesContract.project(Files.createTempDirectory("project"), role(""));
    Path variables = role.resolveSibling(".env");
    Path real = role.resolveSibling("production.env");
    Files.move(variables, real);
    try (Sandbox sandbox = openedAt(role, Map.of())) {
      for (Path target : List.of(real.getFileName(), real)) {
        Files.createSymbolicLink(variables, target);
        assertThat(
                OwnFilesContract.status(
                    sandbox, "[ -e production.env ] && ! grep -s hunter2 *.env .env"))
            .isZero();
        Files.delete(variables);
      }
      Files.createSymbolicLink(variables, Path.of("/no/such"));
      assertThat(OwnFilesContract.status(sandbox, "true")).isZero();
    }
  }
}
