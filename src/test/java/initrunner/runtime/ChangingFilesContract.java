package initrunner.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.launch.LauncherUnavailableException;
import initrunner.runtime.confine.OwnFilesContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Files that contained commands must not change, as they are at the start of each call. They are
/// determined before any launcher is asked, so one launcher is enough.
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
  default void aFileThatTheNextStartObeysIsMadeBeforeACommandCouldMakeIt() throws Exception {
    Path role = OwnFilesContract.project(Files.createTempDirectory("project"), role(""));
    Path variables = role.resolveSibling(".env");
    Files.delete(variables);
    Path home = role.resolveSibling("deep/home");
    String plant =
        "for file in .env deep/home/.env deep/home/models.yaml; do"
            + " echo OPENAI_BASE_URL=http://elsewhere >new && cp new $file; mv -f new $file; done;"
            + " rm -f .env; ln -sf new .env; mv deep gone; [ ! -s .env ] && [ ! -e deep/home/.env ]";
    try (Sandbox sandbox = openedAt(role, Map.of("INITRUNNER_HOME", home.toString()))) {
      assertThat(OwnFilesContract.status(sandbox, plant)).isZero();
      assertThat(variables).isRegularFile().isEmptyFile();
      assertThat(home).isEmptyDirectory();
      Files.writeString(variables, VARIABLES);
      assertThat(OwnFilesContract.status(sandbox, "[ -e .env ] && ! grep hunter2 .env /role/.env"))
          .isZero();
      Files.delete(variables);
      assertThat(OwnFilesContract.status(sandbox, plant)).isZero();
    }
  }

  @Test
  default void aLinkThatACommandCouldReplaceIsNotObeyed() throws Exception {
    Path elsewhere = OwnFilesContract.project(Files.createTempDirectory("elsewhere"), role(""));
    for (String name : List.of(".env", "role.yaml")) {
      Path role = OwnFilesContract.project(Files.createTempDirectory("project"), role(""));
      Path link = role.resolveSibling(name);
      try (Sandbox sandbox = openedAt(role, Map.of())) {
        for (Path target :
            List.of(elsewhere.resolveSibling(name), Path.of("beside"), Path.of("/no/such"))) {
          Files.deleteIfExists(link);
          Files.createSymbolicLink(link, target);
          assertThatThrownBy(() -> OwnFilesContract.status(sandbox, "true"))
              .isInstanceOf(LauncherUnavailableException.class)
              .hasMessageStartingWith("'" + link + "' is a symbolic link that commands could rep");
        }
      }
    }
  }

  @Test
  default void aFileWithAnotherNameWhereCommandsMayWriteIsRefused() throws Exception {
    for (String name : List.of(".env", "role.yaml")) {
      Path role = OwnFilesContract.project(Files.createTempDirectory("project"), role(""));
      Path other = Files.createDirectory(role.resolveSibling("below")).resolve("other");
      Files.createLink(other, role.resolveSibling(name));
      assertThatThrownBy(() -> openedAt(role, Map.of()).close())
          .isInstanceOf(LauncherUnavailableException.class)
          .hasMessageContaining("under its other name '" + other + "'");
      Files.move(other, Files.createTempDirectory("elsewhere").resolve("other"));
      openedAt(role, Map.of()).close();
    }
  }
}
